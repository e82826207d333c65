#ifndef SIMTRAIN_CK_REDUCE_H
#define SIMTRAIN_CK_REDUCE_H

#include <stddef.h>

/// out[r] = sum of row r of x [rows, columns], rows `stride` floats apart.
///
/// Order: 16 partial sums, starting from +0; partial sum j takes the elements j, j + 16, ... in
/// ascending order. Then partial sums 8 apart are added (0 + 8, 1 + 9, ...), then 4, 2, 1 apart.
void ck_sum_rows(const float *x, size_t rows, size_t columns, size_t stride, float *out);

/// out[r] = greatest element of row r, -infinity if there is none; +0 above -0; NaN if one is NaN.
void ck_max_rows(const float *x, size_t rows, size_t columns, size_t stride, float *out);

/// out[c] = sum of column c, from +0, rows in ascending order.
void ck_sum_columns(const float *x, size_t rows, size_t columns, size_t stride, float *out);

/// The same, from what out holds: a matrix that is summed in pieces of rows, one after another from
/// +0 on, has the bits of the whole.
void ck_add_columns(const float *x, size_t rows, size_t columns, size_t stride, float *out);

/// out[c] = greatest element of column c, as ck_max_rows.
void ck_max_columns(const float *x, size_t rows, size_t columns, size_t stride, float *out);

/// to[c * to_stride + r] = from[r * from_stride + c]; the two must not overlap.
void ck_transpose(
    const float *from, size_t rows, size_t columns, size_t from_stride, float *to,
    size_t to_stride);

/// Copies an array of 4-byte elements of up to 8 dimensions, outermost first, between two layouts
/// with strides in elements (0 repeats an element, a negative one reverses). Returns 0, or -1 and
/// copies nothing if rank is above 8.
int ck_copy_strided(
    int rank, const size_t *sizes, const void *from, const ptrdiff_t *from_strides, void *to,
    const ptrdiff_t *to_strides);

#endif
