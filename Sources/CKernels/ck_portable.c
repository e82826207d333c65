#include "ck_internal.h"

#define CK_LANES 4
#define CK_BLOCK_VECTORS 2
#define CK_MOST_ROWS 8
#define CK_SUFFIX portable
#include "level.inc"
