#ifndef SIMTRAIN_CKERNELS_H
#define SIMTRAIN_CKERNELS_H

#include <stdint.h>

#endif
