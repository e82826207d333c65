#include "ck_internal.h"

#if CK_X86
#include <immintrin.h>
#define CK_TARGET "avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"
#define CK_AVX512 1
#define CK_LANES 16
#define CK_BLOCK_ROWS 8
#define INT8_GROUP 4
#define INT8_NAME ck_int8_avx512_vnni
#include "int8_level.inc"
#endif
