#ifndef SIMTRAIN_CHDF5_SHIM_H
#define SIMTRAIN_CHDF5_SHIM_H

#include <hdf5.h>

// Only what Swift cannot import: macros with a cast or a comma.
static inline unsigned shim_H5F_ACC_TRUNC(void) { return H5F_ACC_TRUNC; }

#endif
