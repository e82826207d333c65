#ifndef SIMTRAIN_CK_CONVOLUTION_H
#define SIMTRAIN_CK_CONVOLUTION_H

#include <stddef.h>
#include <stdint.h>

/// A convolution as the product C[m,n] = A[m,k] B[k,n] whose operands are not laid out as matrices:
/// each element of A is found in the (padded) image itself, so no patches are copied.
///
/// Row r = (image, position) of A and C; step k = (run, i), i ascending in a run:
///   A[r, k] = a[image * a_image + a_positions[position] + a_runs[run] + i * a_step]
///   B[k, c] = b[b_runs[run] + i * b_step + c]
///   C[r, c] = c[image * c_image + c_positions[position] + c]
///
/// Sums are those of `ck_gemm`: in each k tile a chain of fused multiply-adds from +0 in ascending
/// k; the first tile's sum, then each later one added in order; a NaN result is 0x7fc00000;
/// denormals are kept. Operands are used as they are. Up to 63 bytes after the last elements of A
/// and B are read and not used.
typedef struct {
  size_t images, positions;
  const int32_t *a_positions, *c_positions;
  ptrdiff_t a_image, c_image;
  size_t runs, run_length;
  const int32_t *a_runs, *b_runs;
  ptrdiff_t a_step, b_step;
  /// Columns of B and C.
  size_t n;
  /// Positions come in groups of this many whose elements of A lie side by side, so that lanes may
  /// be positions: quicker where n is small, n up to 8. 0 where lanes are to be columns. Rows are
  /// then cut at multiples of it.
  size_t lane_width;
  /// Steps that share one chain; 0, or k or more, for one chain of all.
  size_t k_tile;
  const float *a, *b;
  float *c;
} ck_convolution_args;

/// Rows [row_begin, row_end) of the product. Disjoint parts may run on several threads at once.
void ck_convolution_rows(const ck_convolution_args *args, size_t row_begin, size_t row_end);

/// Copies a strided block of up to 8 dimensions, outermost first, strides in elements; with
/// `round_bf16` each element is rounded to bfloat16, to nearest even. Returns 0, or -1 and copies
/// nothing if rank is above 8.
int ck_copy_floats(
    int rank, const size_t *sizes, const float *from, const ptrdiff_t *from_strides, float *to,
    const ptrdiff_t *to_strides, int round_bf16);

#endif
