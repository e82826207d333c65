#include <string.h>

#include "ck_internal.h"

void ck_run_block(
    const ck_op *program, int count, void *const *registers, size_t first_temporary, size_t n) {
  ck_active()->run_block(program, count, registers, first_temporary, n);
}

void ck_random_bits(
    const uint32_t key[2], uint32_t stream, size_t first, size_t end, size_t count,
    uint32_t *out) {
  ck_active()->random_bits(key, stream, first, end, count, out);
}

void ck_sum_rows(const float *x, size_t rows, size_t columns, size_t stride, float *out) {
  ck_active()->sum_rows(x, rows, columns, stride, out);
}

void ck_max_rows(const float *x, size_t rows, size_t columns, size_t stride, float *out) {
  ck_active()->max_rows(x, rows, columns, stride, out);
}

void ck_sum_columns(const float *x, size_t rows, size_t columns, size_t stride, float *out) {
  ck_active()->sum_columns(x, rows, columns, stride, out);
}

void ck_add_columns(const float *x, size_t rows, size_t columns, size_t stride, float *out) {
  ck_active()->add_columns(x, rows, columns, stride, out);
}

void ck_max_columns(const float *x, size_t rows, size_t columns, size_t stride, float *out) {
  ck_active()->max_columns(x, rows, columns, stride, out);
}

void ck_transpose(
    const float *from, size_t rows, size_t columns, size_t from_stride, float *to,
    size_t to_stride) {
  ck_active()->transpose(from, rows, columns, from_stride, to, to_stride);
}

// One dimension, and inside it the others.
static void copy_strided(
    int rank, const size_t *sizes, const uint32_t *from, const ptrdiff_t *from_strides,
    uint32_t *to, const ptrdiff_t *to_strides) {
  if (rank == 0) {
    *to = *from;
  } else if (rank == 1 && *from_strides == 1 && *to_strides == 1) {
    memcpy(to, from, *sizes * sizeof(uint32_t));
  } else if (rank == 1) {
    const ptrdiff_t from_step = *from_strides, to_step = *to_strides;
    for (size_t i = 0; i < *sizes; i++, from += from_step, to += to_step) *to = *from;
  } else {
    for (size_t i = 0; i < *sizes; i++, from += *from_strides, to += *to_strides) {
      copy_strided(rank - 1, sizes + 1, from, from_strides + 1, to, to_strides + 1);
    }
  }
}

int ck_copy_strided(
    int rank, const size_t *sizes, const void *from, const ptrdiff_t *from_strides, void *to,
    const ptrdiff_t *to_strides) {
  if (rank < 0 || rank > 8) return -1;
  copy_strided(rank, sizes, from, from_strides, to, to_strides);
  return 0;
}
