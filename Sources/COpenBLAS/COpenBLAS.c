#include "COpenBLAS.h"

#include <cblas.h>
#include <dlfcn.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*sgemm)(
    enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, blasint, blasint, blasint, float,
    const float *, blasint, const float *, blasint, float, float *, blasint);
static char *(*core_name)(void);

// Opens FOLDER/libopenblas.so.0; NULL if it is not there or is no library.
static void *open_in(const char *folder) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof path, "%s/libopenblas.so.0", folder);
  return length < (int)sizeof path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

// Opens the library of the package that this program was installed from.
static void *open_own(void) {
  char program[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - sizeof "/../lib/simtrain");
  if (length <= 0) return NULL;
  program[length] = 0;
  char *slash = strrchr(program, '/');
  if (slash == NULL) return NULL;
  strcpy(slash, "/../lib/simtrain");
  return open_in(program);
}

// By full paths only: a bare name would be looked for in LD_LIBRARY_PATH, an empty item of which
// means the working directory.
static void *open_library(void) {
  static const char *const folders[] = {
      "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
      "/usr/local/lib",
  };
  void *library = open_own();
  for (size_t i = 0; library == NULL && i < sizeof folders / sizeof *folders; i++)
    library = open_in(folders[i]);
  return library;
}

const char *cob_load(const char *core_type) {
  if (core_type != NULL) setenv("OPENBLAS_CORETYPE", core_type, 0);
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = open_library();
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
