#include "COpenBLAS.h"

#include <CLoadLibrary.h>
#include <cblas.h>
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

static void (*sgemm)(
    enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, blasint, blasint, blasint, float,
    const float *, blasint, const float *, blasint, float, float *, blasint);
static char *(*core_name)(void);

const char *cob_load(const char *core_type) {
  if (core_type != NULL) setenv("OPENBLAS_CORETYPE", core_type, 0);
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = cll_open("libopenblas.so.0");
  if (library == NULL) return "no system folder has a libopenblas.so.0 that can be loaded";
  sgemm = dlsym(library, "cblas_sgemm");
  core_name = dlsym(library, "openblas_get_corename");
  return sgemm == NULL || core_name == NULL ? "libopenblas.so.0 is not OpenBLAS 0.3" : NULL;
}

const char *cob_core_name(void) { return core_name(); }

void cob_sgemm(
    int a_transposed, int b_transposed, int m, int n, int k, const float *a, int lda,
    const float *b, int ldb, float *c, int ldc) {
  sgemm(
      CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans,
      b_transposed ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
}
