#ifndef SIMTRAIN_COPENBLAS_H
#define SIMTRAIN_COPENBLAS_H

/// Loads OpenBLAS from the package's own folder (../lib/simtrain beside the program) or a system folder,
/// computing each call on the calling thread alone. Call it once, before the others.
///
/// `core_type` names the kernels to use, as OPENBLAS_CORETYPE does, and NULL leaves the choice to the
/// library; a variable that is set already is left alone. The library reads it when it is loaded,
/// and Debian's does not know recent processors: it falls back to the kernels of 2004. That is why
/// it is loaded here and not linked.
///
/// Returns NULL, or what went wrong.
const char *cob_load(const char *core_type);

/// The kernels in use, such as "SkylakeX".
const char *cob_core_name(void);

/// `cblas_sgemm` in row-major order with alpha 1 and beta 0: C = op(A) op(B).
void cob_sgemm(
    int a_transposed, int b_transposed, int m, int n, int k, const float *a, int lda,
    const float *b, int ldb, float *c, int ldc);

#endif
