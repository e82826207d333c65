#ifndef SIMTRAIN_CK_GEMM_INT8_H
#define SIMTRAIN_CK_GEMM_INT8_H

#include <stddef.h>
#include <stdint.h>

/// Rows of A that are found in an image instead of in a matrix: the patches of a convolution.
///
/// Row r = (image, position); step k = (run, i), i ascending in a run:
///   A[r, k] = a[image * image_stride + position_offsets[position] + run_offsets[run] + i * step]
///
/// Up to 15 bytes after the last elements are read and not used.
typedef struct {
  size_t positions;
  const int32_t *position_offsets;
  ptrdiff_t image_stride;
  size_t run_length;
  const int32_t *run_offsets;
  ptrdiff_t step;
} ck_int8_patches;

/// One matrix product C[m,n] = A[m,k] B[k,n] of signed bytes, row-major, with 32-bit sums.
///
/// Products are exact and sums wrap around in two's complement, so the bits do not depend on the
/// order of the sums: not on kernel, row or column range, or layout.
typedef struct {
  size_t m, n, k;
  /// A: [m,k] with row stride `lda`, or, when transposed, stored as [k,m].
  const int8_t *a;
  size_t lda;
  int a_transposed;
  /// Where A's rows lie in `a`, in place of `lda` and `a_transposed`; NULL for a matrix.
  const ck_int8_patches *patches;
  /// B: [k,n] with row stride `ldb`, or, when transposed, stored as [n,k].
  const int8_t *b;
  size_t ldb;
  int b_transposed;
  /// C: [m,n] with row stride `ldc` elements; overwritten.
  int32_t *c;
  size_t ldc;
} ck_gemm_int8_args;

/// Bytes of scratch memory that `ck_gemm_int8` needs for this product or for any part of it;
/// bounded (under 1 MiB) for all shapes.
size_t ck_gemm_int8_scratch_bytes(const ck_gemm_int8_args *args);

/// The whole product. `scratch` is used by this call alone while it runs.
void ck_gemm_int8(const ck_gemm_int8_args *args, void *scratch);

/// Rows [row_begin, row_end) and columns [column_begin, column_end) of the product, and nothing
/// else: disjoint parts may run on several threads at once, each with its own scratch memory.
void ck_gemm_int8_part(
    const ck_gemm_int8_args *args, size_t row_begin, size_t row_end, size_t column_begin,
    size_t column_end, void *scratch);

/// How products of bytes are computed; each gives the same bits.
#define CK_INT8_PORTABLE 0
/// Pairs of 16-bit products (VPMADDWD) on 256 bits.
#define CK_INT8_AVX2 1
/// Four products an instruction (VPDPBUSD) on 256 bits: AVX-VNNI.
#define CK_INT8_AVX_VNNI 2
/// Pairs of 16-bit products on 512 bits.
#define CK_INT8_AVX512 3
/// Four products an instruction on 512 bits: AVX512_VNNI.
#define CK_INT8_AVX512_VNNI 4
/// Tiles of 16 x 64 bytes (TDPBSSD): AMX, where the operating system permits it.
#define CK_INT8_AMX 5
#define CK_INT8_COUNT 6

/// The kernel in use: the best that the processor has at the level in use (`ck_level`).
int ck_int8_kernel(void);

/// Forces a kernel, for tests; -1 returns to the choice by level.
/// Returns the kernel now in use: one that the processor lacks is not taken.
int ck_force_int8_kernel(int kernel);

/// What a kernel is called: `AVX512_VNNI`.
const char *ck_int8_kernel_name(int kernel);

#endif
