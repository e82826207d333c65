#ifndef SIMTRAIN_CZLIB_SHIM_H
#define SIMTRAIN_CZLIB_SHIM_H

#include <zlib.h>

// Only what Swift cannot import: a macro with a call.

/// Begins to inflate raw deflate data, as zip archives hold it.
static inline int shim_inflateInitRaw(z_streamp stream) { return inflateInit2(stream, -MAX_WBITS); }

#endif
