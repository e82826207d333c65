#ifndef SIMTRAIN_CK_GEMM_H
#define SIMTRAIN_CK_GEMM_H

#include <stddef.h>
#include <stdint.h>

/// How an operand is stored: 32-bit floats, or the upper halves of such floats (bfloat16).
#define CK_F32 0
#define CK_BF16 1

/// Operands that a product rounds.
#define CK_ROUND_A 1
#define CK_ROUND_B 2

/// One matrix product C[m,n] = A[m,k] B[k,n], row-major, in the order of a systolic array.
///
/// For each element of C and each k tile, in ascending k and starting from +0, `sum = fma(a, b,
/// sum)`: exact product, one rounding to nearest even a step. The first tile's sum becomes the
/// element; each later tile's sum is added to it with one rounding, in order. A NaN result is
/// stored as 0x7fc00000. Denormals are kept, whatever the caller's floating-point mode. The bits
/// depend on nothing else: not on level, row or column range, or layout.
typedef struct {
  size_t m, n, k;
  /// Rows of the array that share one chain; `k` (or 0) makes one chain of the whole product.
  size_t k_tile;
  /// A: [m,k] with row stride `lda` elements, or, when transposed, stored as [k,m].
  const void *a;
  size_t lda;
  int a_type;
  int a_transposed;
  /// B: [k,n] with row stride `ldb` elements, or, when transposed, stored as [n,k].
  const void *b;
  size_t ldb;
  int b_type;
  int b_transposed;
  /// C: [m,n] with row stride `ldc` elements; overwritten.
  float *c;
  size_t ldc;
  /// CK_ROUND_A, CK_ROUND_B, both or neither: the operand, of type CK_F32, is first rounded to
  /// bfloat16 (to nearest even; NaN stays NaN). Without, it is used as it is, which is quicker where
  /// whoever wrote it has rounded it.
  int round_operands;
} ck_gemm_args;

/// Bytes of scratch memory that `ck_gemm` needs for this product or for any part of it;
/// bounded (under 3 MiB) for all shapes.
size_t ck_gemm_scratch_bytes(const ck_gemm_args *args);

/// The whole product. `scratch` is used by this call alone while it runs.
void ck_gemm(const ck_gemm_args *args, void *scratch);

/// Rows [row_begin, row_end) and columns [column_begin, column_end) of the product, and nothing
/// else: disjoint parts may run on several threads at once, each with its own scratch memory.
void ck_gemm_part(
    const ck_gemm_args *args, size_t row_begin, size_t row_end, size_t column_begin,
    size_t column_end, void *scratch);

#endif
