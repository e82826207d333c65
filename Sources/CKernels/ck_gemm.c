#include <string.h>

#include "include/ck_floating_point_mode.h"
#include "ck_internal.h"

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t padded(size_t x, size_t step) { return (x + step - 1) / step * step; }

static size_t pack_a_floats(const ck_gemm_args *g) {
  const size_t rows = smaller(g->m, CK_GEMM_ROWS), depth = smaller(g->k, CK_GEMM_DEPTH);
  return g->a_transposed ? depth * (padded(rows, 16) + 16) : rows * (padded(depth, 16) + 16);
}

static size_t pack_b_floats(const ck_gemm_args *g) {
  return padded(smaller(g->k, CK_GEMM_DEPTH), 16) * CK_GEMM_PANEL + CK_GEMM_PANEL;
}

// A chain that is longer than one packed block and not the first needs a place to wait.
static size_t partial_floats(const ck_gemm_args *g) {
  const int one_chain = g->k_tile == 0 || g->k_tile >= g->k;
  if (one_chain) return 0;
  return smaller(g->m, CK_GEMM_ROWS) * CK_GEMM_COLUMNS;
}

size_t ck_gemm_scratch_bytes(const ck_gemm_args *g) {
  return (pack_a_floats(g) + pack_b_floats(g) + partial_floats(g)) * sizeof(float) + 64;
}

void ck_gemm(const ck_gemm_args *g, void *scratch) {
  ck_gemm_part(g, 0, g->m, 0, g->n, scratch);
}

void ck_gemm_part(
    const ck_gemm_args *g, size_t row_begin, size_t row_end, size_t column_begin,
    size_t column_end, void *scratch) {
  if (row_begin >= row_end || column_begin >= column_end) return;
  if (g->k == 0) {
    for (size_t row = row_begin; row < row_end; row++) {
      memset(g->c + row * g->ldc + column_begin, 0, (column_end - column_begin) * sizeof(float));
    }
    return;
  }
  float *const pack_b = (float *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
  float *const pack_a = pack_b + pack_b_floats(g);
  const uint64_t mode = ck_enter_ieee_mode();
  ck_active()->gemm_part(
      g, row_begin, row_end, column_begin, column_end, pack_a, pack_b, pack_a + pack_a_floats(g));
  ck_restore(mode);
}
