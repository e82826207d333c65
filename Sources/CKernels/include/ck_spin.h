#ifndef SIMTRAIN_CK_SPIN_H
#define SIMTRAIN_CK_SPIN_H

/// Tells the processor that this thread polls: saves power, and time for a sibling thread.
static inline void ck_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
