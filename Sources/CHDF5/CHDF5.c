#include "CHDF5.h"

#include <CLoadLibrary.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// The library's file by the release of the hdf5.h that this is compiled with: types differ.
#if H5_VERS_MINOR == 10
#define VERSION "103"
#elif H5_VERS_MINOR == 12
#define VERSION "200"
#else
#define VERSION "310"
#endif
#define NAMES "libhdf5_serial.so." VERSION ", libhdf5.so." VERSION

// Where each function and each variable lies.
#define X(result, name, parameters, arguments) static __typeof__(name) *name##_;
#define V(name) static hid_t *name##_;
#include "functions.inc"
#undef X
#undef V

// The functions of hdf5.h, by the names that it declares.
#define X(result, name, parameters, arguments) \
  result name parameters { return name##_ arguments; }
#define V(name)
#include "functions.inc"
#undef X
#undef V

static const char *failure;

static void load(void) {
  void *library = cll_open("libhdf5_serial.so." VERSION);
  if (library == NULL) library = cll_open("libhdf5.so." VERSION);
  if (library == NULL) {
    failure = "no system folder has the library (" NAMES
              "); install its package, libhdf5-dev or on Debian 12 libhdf5-103-1";
    return;
  }
  int missing = 0;
#define X(result, name, parameters, arguments) \
  missing += (name##_ = (__typeof__(name) *)dlsym(library, #name)) == NULL;
#define V(name) missing += (name##_ = (hid_t *)dlsym(library, #name)) == NULL;
#include "functions.inc"
#undef X
#undef V
  herr_t (*open)(void) = (herr_t(*)(void))dlsym(library, "H5open");
  herr_t (*version)(unsigned *, unsigned *, unsigned *) =
      (herr_t(*)(unsigned *, unsigned *, unsigned *))dlsym(library, "H5get_libversion");
  unsigned major = 0, minor = 0, release = 0;
  if (missing == 0 && version != NULL) version(&major, &minor, &release);
  if (major != H5_VERS_MAJOR || minor != H5_VERS_MINOR) {
    failure = "the library is not of the release that simtrain was built with; install libhdf5-dev "
              "and build again";
  } else if (open == NULL || open() < 0) {
    failure = "the library does not start";
  }
}

const char *chdf5_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return failure;
}

static hid_t number(hid_t *const *variable) { return chdf5_load() == NULL ? **variable : -1; }

hid_t shim_H5P_FILE_CREATE(void) { return number(&H5P_CLS_FILE_CREATE_ID_g_); }
hid_t shim_H5P_FILE_ACCESS(void) { return number(&H5P_CLS_FILE_ACCESS_ID_g_); }
hid_t shim_H5P_DATASET_CREATE(void) { return number(&H5P_CLS_DATASET_CREATE_ID_g_); }
hid_t shim_H5P_DATASET_ACCESS(void) { return number(&H5P_CLS_DATASET_ACCESS_ID_g_); }
hid_t shim_H5P_LINK_CREATE(void) { return number(&H5P_CLS_LINK_CREATE_ID_g_); }
hid_t shim_H5T_C_S1(void) { return number(&H5T_C_S1_g_); }
hid_t shim_H5T_NATIVE_INT8(void) { return number(&H5T_NATIVE_INT8_g_); }
hid_t shim_H5T_NATIVE_UINT8(void) { return number(&H5T_NATIVE_UINT8_g_); }
hid_t shim_H5T_NATIVE_INT16(void) { return number(&H5T_NATIVE_INT16_g_); }
hid_t shim_H5T_NATIVE_UINT16(void) { return number(&H5T_NATIVE_UINT16_g_); }
hid_t shim_H5T_NATIVE_INT32(void) { return number(&H5T_NATIVE_INT32_g_); }
hid_t shim_H5T_NATIVE_UINT32(void) { return number(&H5T_NATIVE_UINT32_g_); }
hid_t shim_H5T_NATIVE_INT64(void) { return number(&H5T_NATIVE_INT64_g_); }
hid_t shim_H5T_NATIVE_UINT64(void) { return number(&H5T_NATIVE_UINT64_g_); }
hid_t shim_H5T_NATIVE_FLOAT(void) { return number(&H5T_NATIVE_FLOAT_g_); }
hid_t shim_H5T_NATIVE_DOUBLE(void) { return number(&H5T_NATIVE_DOUBLE_g_); }
hid_t shim_H5E_TRUNCATED(void) { return number(&H5E_TRUNCATED_g_); }
