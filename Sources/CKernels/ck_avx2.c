#include "ck_internal.h"

#if CK_X86
#include <immintrin.h>
#define CK_TARGET "avx2,fma"
#define CK_LANES 8
#define CK_BLOCK_VECTORS 2
#define CK_MOST_ROWS 12
#define CK_SUFFIX avx2
#include "level.inc"
#endif
