#include "ck_internal.h"

#if CK_X86
#include <immintrin.h>
#define CK_TARGET "amx-int8,amx-tile,avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"
#define CK_AVX512 1
#define CK_LANES 16
#define CK_BLOCK_ROWS 32
#define INT8_GROUP 4
#define INT8_AMX 1
#define INT8_NAME ck_int8_amx
#include "int8_level.inc"
#endif
