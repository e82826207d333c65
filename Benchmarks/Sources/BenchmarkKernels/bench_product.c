#define _GNU_SOURCE
#include "BenchmarkKernels.h"

#include <COpenBLAS.h>
#include <ck_gemm.h>
#include <ck_gemm_int8.h>
#include <ck_spin.h>
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "bench_threads.h"

typedef struct {
  int who, threads, repeats;
  ck_gemm_args product;
  ck_gemm_int8_args bytes;
  float *a, *b, *c;
  void *scratch[2];
  double seconds;
  /// Counts arrivals of both threads after each product.
  _Alignas(128) atomic_long arrived;
} contest;

/// Pieces in which the CPU device computes a product: `OpenBLASKernel.init`.
static size_t cuts(size_t m, size_t n, size_t k) {
  size_t parts = 1, longer = m > n ? m : n;
  for (size_t macs = m * n * k; parts < 16 && longer / (2 * parts) >= 8; parts *= 2) {
    size_t part = macs / parts;
    if (!((part > 1000000 && part <= 6000000) || part >= 12000000)) break;
  }
  return parts;
}

/// Rows and columns of C by OpenBLAS, the longer side in equal pieces.
static void sgemm(
    contest *it, size_t row, size_t rows, size_t column, size_t columns, size_t pieces) {
  const ck_gemm_args *p = &it->product;
  for (size_t piece = 0; piece < pieces; piece++) {
    size_t length = rows >= columns ? rows : columns;
    size_t begin = length * piece / pieces, end = length * (piece + 1) / pieces;
    size_t r = rows >= columns ? row + begin : row, c = rows >= columns ? column : column + begin;
    size_t height = rows >= columns ? end - begin : rows;
    size_t width = rows >= columns ? columns : end - begin;
    cob_sgemm(
        p->a_transposed, 0, (int)height, (int)width, (int)p->k,
        it->a + (p->a_transposed ? r : r * p->k), (int)p->lda, it->b + c, (int)p->n,
        it->c + r * p->n + c, (int)p->n);
  }
}

/// One part of the product: all of it, or the half of its longer side.
static void compute_part(contest *it, int thread) {
  ck_gemm_args *p = &it->product;
  int splits_rows = p->m > p->n;
  size_t length = splits_rows ? p->m : p->n;
  size_t begin = length * (size_t)thread / (size_t)it->threads;
  size_t end = length * (size_t)(thread + 1) / (size_t)it->threads;
  size_t row = splits_rows ? begin : 0, column = splits_rows ? 0 : begin;
  size_t rows = splits_rows ? end - begin : p->m, columns = splits_rows ? p->n : end - begin;
  if (it->who == BENCH_SYSTOLIC || it->who == BENCH_SYSTOLIC_ROUNDING) {
    ck_gemm_part(p, row, row + rows, column, column + columns, it->scratch[thread]);
  } else if (it->who == BENCH_INT8) {
    ck_gemm_int8_part(&it->bytes, row, row + rows, column, column + columns, it->scratch[thread]);
  } else {
    size_t pieces = it->who == BENCH_SGEMM_CUT ? cuts(rows, columns, p->k) : 1;
    sgemm(it, row, rows, column, columns, pieces);
  }
}

static void meet(contest *it, long products) {
  atomic_fetch_add_explicit(&it->arrived, 1, memory_order_acq_rel);
  while (atomic_load_explicit(&it->arrived, memory_order_acquire) < products * it->threads)
    ck_spin_hint();
}

static void compete(void *context, int thread) {
  contest *it = context;
  long products = 0;
  compute_part(it, thread);
  meet(it, ++products);
  double begin = bench_now();
  for (int repeat = 0; repeat < it->repeats; repeat++) {
    compute_part(it, thread);
    meet(it, ++products);
  }
  if (thread == 0) it->seconds = (bench_now() - begin) / it->repeats;
}

/// Gives OpenBLAS its own threads, or takes them away; -1 if this build has none.
static int set_own_threads(int count) {
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD);
  if (library == NULL) return -1;
  void (*set)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  int (*get)(void) = (int (*)(void))dlsym(library, "openblas_get_num_threads");
  int result = -1;
  if (set != NULL && get != NULL) {
    set(count);
    result = get() == count ? 0 : -1;
  }
  dlclose(library);
  return result;
}

static int run(contest *it, int threads) {
  if (it->who != BENCH_SGEMM_OWN_THREADS) return bench_on_threads(threads, compete, it);
  it->threads = 1;
  int result = set_own_threads(threads);
  if (result == 0) compete(it, 0);
  set_own_threads(1);
  return result;
}

static float *matrix(size_t count, unsigned seed) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  for (size_t i = 0; values != NULL && i < count; i++) {
    seed = seed * 1664525u + 1013904223u;
    values[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
  }
  return values;
}

double bench_product_seconds(int who, size_t m, size_t k, size_t n, int threads, int repeats) {
  contest it = {.who = who, .threads = threads, .repeats = repeats};
  it.a = matrix(m * k, 1);
  it.b = matrix(k * n, 2);
  it.c = matrix(m * n, 3);
  it.product = (ck_gemm_args){
      .m = m, .n = n, .k = k, .k_tile = 128, .a = it.a, .lda = m > n ? m : k,
      .a_type = CK_F32, .a_transposed = m > n, .b = it.b, .ldb = n, .b_type = CK_F32, .c = it.c,
      .ldc = n, .round_operands = who == BENCH_SYSTOLIC_ROUNDING ? CK_ROUND_A | CK_ROUND_B : 0};
  // The floats' bits as signed bytes: any bytes will do.
  it.bytes = (ck_gemm_int8_args){
      .m = m, .n = n, .k = k, .a = (const int8_t *)it.a, .lda = m > n ? m : k,
      .a_transposed = m > n, .b = (const int8_t *)it.b,
      .ldb = n, .c = (int32_t *)it.c, .ldc = n};
  size_t bytes = ck_gemm_scratch_bytes(&it.product);
  if (bytes < ck_gemm_int8_scratch_bytes(&it.bytes)) bytes = ck_gemm_int8_scratch_bytes(&it.bytes);
  bytes = (bytes / 4096 + 1) * 4096;
  for (int thread = 0; thread < threads; thread++) it.scratch[thread] = aligned_alloc(4096, bytes);
  int ok = it.a && it.b && it.c && it.scratch[0] && (threads == 1 || it.scratch[1]);
  if (ok) ok = run(&it, threads) == 0;
  for (int thread = 0; thread < threads; thread++) free(it.scratch[thread]);
  free(it.a);
  free(it.b);
  free(it.c);
  return ok ? it.seconds : -1;
}

const char *bench_int8_kernel(int with_amx) {
  int best = ck_force_int8_kernel(-1);
  if (best == CK_INT8_AMX && !with_amx) best = ck_force_int8_kernel(CK_INT8_AVX512_VNNI);
  return ck_int8_kernel_name(best);
}
