#include <stdatomic.h>

#include "ck_internal.h"

// __builtin_cpu_supports asks cpuid, and xgetbv whether the operating system saves the registers.
int ck_supported_level(void) {
#if CK_X86
  __builtin_cpu_init();
  const int fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return CK_LEVEL_AVX512;
  }
  if (fma) return CK_LEVEL_AVX2;
#endif
  return CK_LEVEL_PORTABLE;
}

// Level in use plus one; 0: not yet chosen. Every thread that chooses chooses the same.
static atomic_int chosen;

int ck_level(void) {
  int level = atomic_load_explicit(&chosen, memory_order_relaxed) - 1;
  return level >= 0 ? level : ck_force_level(-1);
}

int ck_force_level(int level) {
  const int supported = ck_supported_level();
  if (level < 0 || level > supported) level = supported;
  atomic_store_explicit(&chosen, level + 1, memory_order_relaxed);
  return level;
}

const ck_table *ck_active(void) {
  switch (ck_level()) {
#if CK_X86
    case CK_LEVEL_AVX512: return &ck_table_avx512;
    case CK_LEVEL_AVX2: return &ck_table_avx2;
#endif
    default: return &ck_table_portable;
  }
}
