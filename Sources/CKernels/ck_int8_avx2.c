#include "ck_internal.h"

#if CK_X86
#include <immintrin.h>
#define CK_TARGET "avx2,fma"
#define CK_LANES 8
#define CK_BLOCK_ROWS 6
#define INT8_GROUP 2
#define INT8_NAME ck_int8_avx2
#include "int8_level.inc"
#endif
