#ifndef SIMTRAIN_COPENBLAS_SHIM_H
#define SIMTRAIN_COPENBLAS_SHIM_H

#include <cblas.h>

#endif
