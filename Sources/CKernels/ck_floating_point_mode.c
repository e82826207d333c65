#include "include/ck_floating_point_mode.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

enum { DEFAULT = 0x1f80, FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x40 };

static uint64_t enter(uint64_t mode) {
  const uint64_t former = _mm_getcsr();
  if (former != mode) _mm_setcsr((unsigned)mode);
  return former;
}

uint64_t ck_enter_flush_to_zero(void) {
  return enter(DEFAULT | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
}
uint64_t ck_enter_ieee_mode(void) { return enter(DEFAULT); }
void ck_restore(uint64_t mode) { enter(mode); }

#elif defined(__aarch64__)

enum { FLUSH = 1 << 24 };

static uint64_t enter(uint64_t mode) {
  uint64_t former;
  __asm__ volatile("mrs %0, fpcr" : "=r"(former));
  __asm__ volatile("msr fpcr, %0" ::"r"(mode));
  return former;
}

uint64_t ck_enter_flush_to_zero(void) { return enter(FLUSH); }
uint64_t ck_enter_ieee_mode(void) { return enter(0); }
void ck_restore(uint64_t mode) { enter(mode); }

#else

uint64_t ck_enter_flush_to_zero(void) { return 0; }
uint64_t ck_enter_ieee_mode(void) { return 0; }
void ck_restore(uint64_t mode) { (void)mode; }

#endif
