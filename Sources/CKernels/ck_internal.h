// What the levels share: their entry points, as one table a level.
#ifndef SIMTRAIN_CK_INTERNAL_H
#define SIMTRAIN_CK_INTERNAL_H

#include "include/CKernels.h"

#if defined(__x86_64__)
#define CK_X86 1
#else
#define CK_X86 0
#endif

// Blocking of the products, the same on all levels so that scratch memory is too.
enum {
  CK_GEMM_ROWS = 528,           // rows of A packed at a time
  CK_GEMM_ROW_STEP = 48,        // a whole number of register blocks of any height
  CK_GEMM_COLUMNS = 1024,       // columns of C for which one packed block of A is used
  CK_GEMM_DEPTH = 272,          // k steps packed at a time, at most
  CK_GEMM_PANEL_FLOATS = 8704,  // of a packed panel of B: it stays in the L1 cache
  CK_GEMM_PANEL = 64,           // widest panel of B
  CK_GEMM_PACK_A_FROM = 256,    // columns of C from which A is copied though it need not be
  CK_GEMM_PACK_B_FROM = 128,    // rows of C from which B is
  CK_INT8_ROWS = 512,           // rows of A packed at a time, of bytes
  CK_INT8_DEPTH = 512,          // k steps packed at a time, of bytes; a multiple of 64
  CK_INT8_PANEL = 32,           // widest panel of B, in words
  CONV_B_FLOATS = 8192,         // of B that all row blocks of a convolution read in turn
};

typedef struct {
  void (*gemm_part)(
      const ck_gemm_args *, size_t, size_t, size_t, size_t, float *pack_a, float *pack_b,
      float *partial);
  void (*run_block)(
      const ck_op *, int count, void *const *registers, size_t first_temporary, size_t n);
  void (*sum_rows)(const float *, size_t rows, size_t columns, size_t stride, float *out);
  void (*max_rows)(const float *, size_t rows, size_t columns, size_t stride, float *out);
  void (*sum_columns)(const float *, size_t rows, size_t columns, size_t stride, float *out);
  void (*add_columns)(const float *, size_t rows, size_t columns, size_t stride, float *out);
  void (*max_columns)(const float *, size_t rows, size_t columns, size_t stride, float *out);
  void (*transpose)(
      const float *, size_t rows, size_t columns, size_t from_stride, float *to,
      size_t to_stride);
  void (*random_bits)(
      const uint32_t key[2], uint32_t stream, size_t first, size_t end, size_t count,
      uint32_t *out);
  void (*convolution_rows)(const ck_convolution_args *, size_t row_begin, size_t row_end);
  void (*copy_floats)(
      int rank, const size_t *sizes, const float *from, const ptrdiff_t *from_strides, float *to,
      const ptrdiff_t *to_strides, int round);
  void (*window_sum)(const ck_windows *, const float *in, float *out);
  void (*window_max)(const ck_windows *, const float *in, float *out);
  void (*window_scatter)(
      const ck_windows *, const float *in, const float *source, float start, float *out,
      size_t count);
} ck_table;

extern const ck_table ck_table_portable;
#if CK_X86
extern const ck_table ck_table_avx2;
extern const ck_table ck_table_avx512;
#endif

// A part of a product of bytes, with scratch memory for A, a panel of B and the rows' starts.
typedef void ck_gemm_int8_kernel(
    const ck_gemm_int8_args *, size_t row_begin, size_t row_end, size_t column_begin,
    size_t column_end, uint32_t *a, uint32_t *b, uint32_t *starts);

extern ck_gemm_int8_kernel *const ck_int8_portable;
#if CK_X86
extern ck_gemm_int8_kernel *const ck_int8_avx2;
extern ck_gemm_int8_kernel *const ck_int8_avx_vnni;
extern ck_gemm_int8_kernel *const ck_int8_avx512;
extern ck_gemm_int8_kernel *const ck_int8_avx512_vnni;
extern ck_gemm_int8_kernel *const ck_int8_amx;
#endif

// x to the power y: special values as IEEE 754, otherwise within 0.51 ulp (20 million pairs).
float ck_power(float x, float y);
// The angle of (x, y) as IEEE 754 atan2(y, x), and the cube root, within 0.51 ulp.
float ck_atan2(float y, float x);
float ck_cube_root(float x);
// The sine of x + quadrant * pi / 2, within 0.51 ulp; for magnitudes from 2^15 on and for no finite
// numbers.
float ck_circular(float x, int quadrant);

// The table of the level in use.
const ck_table *ck_active(void);

#endif
