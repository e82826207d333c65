#include <stdatomic.h>
#include <string.h>

#include "ck_internal.h"

#if CK_X86 && defined(__linux__)
#include <cpuid.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

static int has_amx;

// Linux gives a process the tiles when it asks for them.
// Source: Documentation/arch/x86/xstate.rst; ARCH_REQ_XCOMP_PERM of XFEATURE_XTILEDATA.
static void ask_for_amx(void) {
  unsigned a, b, c, d = 0;
  const unsigned tiles_and_int8 = 1u << 24 | 1u << 25;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & tiles_and_int8) != tiles_and_int8) return;
  has_amx = syscall(SYS_arch_prctl, 0x1023, 18) == 0;
}

static int permits_amx(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, ask_for_amx);
  return has_amx;
}
#else
static int permits_amx(void) { return 0; }
#endif

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static ck_gemm_int8_kernel *kernel(int index) {
  switch (index) {
#if CK_X86
    case CK_INT8_AMX: return ck_int8_amx;
    case CK_INT8_AVX512_VNNI: return ck_int8_avx512_vnni;
    case CK_INT8_AVX512: return ck_int8_avx512;
    case CK_INT8_AVX_VNNI: return ck_int8_avx_vnni;
    case CK_INT8_AVX2: return ck_int8_avx2;
#endif
    default: return ck_int8_portable;
  }
}

static int is_supported(int index) {
#if CK_X86
  __builtin_cpu_init();
  switch (index) {
    case CK_INT8_AMX: return is_supported(CK_INT8_AVX512_VNNI) && permits_amx();
    case CK_INT8_AVX512_VNNI:
      return ck_supported_level() >= CK_LEVEL_AVX512 && __builtin_cpu_supports("avx512vnni");
    case CK_INT8_AVX512: return ck_supported_level() >= CK_LEVEL_AVX512;
    case CK_INT8_AVX_VNNI:
      return ck_supported_level() >= CK_LEVEL_AVX2 && __builtin_cpu_supports("avxvnni");
    case CK_INT8_AVX2: return ck_supported_level() >= CK_LEVEL_AVX2;
    default: break;
  }
#endif
  return index == CK_INT8_PORTABLE;
}

static int best_at_level(void) {
  int index = ck_level() == CK_LEVEL_AVX512 ? CK_INT8_AMX
              : ck_level() == CK_LEVEL_AVX2 ? CK_INT8_AVX_VNNI
                                            : CK_INT8_PORTABLE;
  while (!is_supported(index)) index--;
  return index;
}

// Forced kernel plus one; 0: by level.
static atomic_int forced;

int ck_int8_kernel(void) {
  const int index = atomic_load_explicit(&forced, memory_order_relaxed) - 1;
  return index >= 0 ? index : best_at_level();
}

int ck_force_int8_kernel(int index) {
  const int taken = index >= 0 && index < CK_INT8_COUNT && is_supported(index);
  atomic_store_explicit(&forced, taken ? index + 1 : 0, memory_order_relaxed);
  return ck_int8_kernel();
}

const char *ck_int8_kernel_name(int index) {
  static const char *const names[] = {
    "portable", "AVX2", "AVX_VNNI", "AVX512", "AVX512_VNNI", "AMX"};
  return index >= 0 && index < CK_INT8_COUNT ? names[index] : "none";
}

// Words, at least: A of two bytes an element in padded rows, a panel of B, the rows' starts.
static size_t a_words(const ck_gemm_int8_args *g) {
  const size_t depth = (smaller(g->k, CK_INT8_DEPTH) + 63) / 64 * 64;
  // Whole tiles of 16 rows.
  return (smaller(g->m, CK_INT8_ROWS) + 15) / 16 * 16 * (depth / 2 + 16);
}

static size_t b_words(const ck_gemm_int8_args *g) {
  const size_t depth = (smaller(g->k, CK_INT8_DEPTH) + 63) / 64 * 64;
  return depth / 2 * CK_INT8_PANEL;
}

size_t ck_gemm_int8_scratch_bytes(const ck_gemm_int8_args *g) {
  return (a_words(g) + b_words(g) + smaller(g->m, CK_INT8_ROWS)) * sizeof(uint32_t) + 64;
}

void ck_gemm_int8(const ck_gemm_int8_args *g, void *scratch) {
  ck_gemm_int8_part(g, 0, g->m, 0, g->n, scratch);
}

void ck_gemm_int8_part(
    const ck_gemm_int8_args *g, size_t row_begin, size_t row_end, size_t column_begin,
    size_t column_end, void *scratch) {
  if (row_begin >= row_end || column_begin >= column_end) return;
  if (g->k == 0) {
    for (size_t row = row_begin; row < row_end; row++) {
      memset(g->c + row * g->ldc + column_begin, 0, (column_end - column_begin) * sizeof(int32_t));
    }
    return;
  }
  uint32_t *const b = (uint32_t *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
  uint32_t *const a = b + b_words(g);
  kernel(ck_int8_kernel())(
      g, row_begin, row_end, column_begin, column_end, a, b, a + a_words(g));
}
