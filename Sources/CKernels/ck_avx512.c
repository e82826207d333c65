#include "ck_internal.h"

#if CK_X86
#include <immintrin.h>
#define CK_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"
#define CK_AVX512 1
#define CK_LANES 16
#define CK_BLOCK_VECTORS 4
#define CK_MOST_ROWS 16
#define CK_SUFFIX avx512
#include "level.inc"
#endif
