#include "ck_internal.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#define CK_LANES 4
#define CK_BLOCK_ROWS 4
#define INT8_GROUP 2
#define INT8_NAME ck_int8_portable
#include "int8_level.inc"
