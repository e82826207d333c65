#include "ck_internal.h"

void ck_convolution_rows(const ck_convolution_args *g, size_t row_begin, size_t row_end) {
  const size_t k = g->runs * g->run_length;
  if (k == 0) {
    for (size_t row = row_begin; row < row_end; row++) {
      float *out = g->c + (ptrdiff_t)(row / g->positions) * g->c_image
                   + g->c_positions[row % g->positions];
      for (size_t i = 0; i < g->n; i++) out[i] = 0;
    }
    return;
  }
  const uint64_t mode = ck_enter_ieee_mode();
  if (row_begin < row_end) ck_active()->convolution_rows(g, row_begin, row_end);
  ck_restore(mode);
}

int ck_copy_floats(
    int rank, const size_t *sizes, const float *from, const ptrdiff_t *from_strides, float *to,
    const ptrdiff_t *to_strides, int round_bf16) {
  if (rank > 8) return -1;
  ck_active()->copy_floats(rank, sizes, from, from_strides, to, to_strides, round_bf16);
  return 0;
}

void ck_window_sum(const ck_windows *w, const float *in, float *out) {
  ck_active()->window_sum(w, in, out);
}

void ck_window_max(const ck_windows *w, const float *in, float *out) {
  ck_active()->window_max(w, in, out);
}

void ck_window_scatter(
    const ck_windows *w, const float *in, const float *source, float start, float *out,
    size_t count) {
  ck_active()->window_scatter(w, in, source, start, out, count);
}
