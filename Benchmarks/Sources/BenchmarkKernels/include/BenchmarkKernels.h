#ifndef SIMTRAIN_BENCHMARK_KERNELS_H
#define SIMTRAIN_BENCHMARK_KERNELS_H

#include <stddef.h>

/// Who computes a product.
enum {
  /// `ck_gemm` in k tiles of 128, with float operands that come rounded to bfloat16.
  BENCH_SYSTOLIC,
  /// The same, both operands rounded in each product.
  BENCH_SYSTOLIC_ROUNDING,
  /// `cblas_sgemm` on one thread a part, the parts cut as for the kernel above.
  BENCH_SGEMM,
  /// The same, each part cut once more as the CPU device cuts its products.
  BENCH_SGEMM_CUT,
  /// `cblas_sgemm` on OpenBLAS's own threads.
  BENCH_SGEMM_OWN_THREADS,
  /// `ck_gemm_int8`: signed bytes with 32-bit sums, packed in each product.
  BENCH_INT8,
};

/// Seconds of one product C[m,n] = A[m,k] B[k,n], row-major floats (or bytes), A stored as [k,m] where m > n:
/// the mean of `repeats` one after the other, in caches as warm as they keep them. Two threads share columns (rows where m > n),
/// each on a processor of its own, and meet after each product.
///
/// `cob_load` comes first. Returns a negative number if memory, a thread or OpenBLAS's own threads
/// cannot be had.
double bench_product_seconds(int who, size_t m, size_t k, size_t n, int threads, int repeats);

/// The instructions by which `ck_gemm_int8` multiplies here, such as `AVX512_VNNI`, without AMX where
/// that is not wanted.
const char *bench_int8_kernel(int with_amx);

/// Nanoseconds for a cache line to go from the first allowed processor to the second and back: the
/// mean of 20,000 trips. Negative if there are not two.
double bench_round_trip_nanoseconds(void);

#endif
