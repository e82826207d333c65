#ifndef SIMTRAIN_CK_FLOATING_POINT_MODE_H
#define SIMTRAIN_CK_FLOATING_POINT_MODE_H

#include <stdint.h>

/// Makes this thread treat denormal operands and results as zeros of the same sign
/// (x86: FTZ and DAZ; aarch64: FZ); rounding to nearest even, no traps.
/// Operations on bits (copy, negate, select, round to bfloat16) keep denormals even so.
/// Returns the former mode for `ck_restore`.
uint64_t ck_enter_flush_to_zero(void);

/// Makes this thread keep denormals; rounding to nearest even, no traps. Returns the former mode.
uint64_t ck_enter_ieee_mode(void);

/// Returns to a mode that one of the two functions above gave.
void ck_restore(uint64_t mode);

#endif
