#ifndef SIMTRAIN_CK_LEVEL_H
#define SIMTRAIN_CK_LEVEL_H

/// Portable C: exact everywhere, slow where the processor has no fused multiply-add.
#define CK_LEVEL_PORTABLE 0
/// AVX2 with FMA3.
#define CK_LEVEL_AVX2 1
/// AVX-512 F, BW, DQ, VL.
#define CK_LEVEL_AVX512 2

/// The best level that this processor and its operating system support.
int ck_supported_level(void);

/// The level in use: the supported one unless a lower one was forced.
int ck_level(void);

/// Forces a level, for tests; -1 returns to the supported one.
/// Returns the level now in use: a level that the processor lacks is not taken.
int ck_force_level(int level);

#endif
