#include "ck_internal.h"

#define CK_LANES 4
#define CK_BLOCK_ROWS 4
#define CK_TALL_ROWS 8
#define CK_SUFFIX portable
#include "level.inc"
