/// Host kernels shared by the devices: matrix products in systolic order, elementwise block
/// programs, reductions. Every kernel exists at three levels (AVX-512, AVX2 with FMA, portable C)
/// that give the same bits; the best one that the processor has is chosen once. Products of bytes
/// use VNNI beside them.
#ifndef SIMTRAIN_CKERNELS_H
#define SIMTRAIN_CKERNELS_H

#include "ck_convolution.h"
#include "ck_floating_point_mode.h"
#include "ck_gemm.h"
#include "ck_gemm_int8.h"
#include "ck_level.h"
#include "ck_spin.h"
#include "ck_reduce.h"
#include "ck_vector.h"
#include "ck_window.h"

#endif
