#include "ck_internal.h"

#if CK_X86
#include <immintrin.h>
#define CK_TARGET "avx2,fma"
#define CK_LANES 8
#define CK_BLOCK_ROWS 6
#define CK_TALL_ROWS 12
#define CK_SUFFIX avx2
#include "level.inc"
#endif
