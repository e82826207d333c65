#ifndef SIMTRAIN_CHDF5_H
#define SIMTRAIN_CHDF5_H

#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>  // where Debian has it
#elif __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#error "hdf5.h is missing: install libhdf5-dev"
#endif

/// Loads libhdf5 unless that is done: it is opened when first used, not when the program starts.
/// Before, no function of hdf5.h may be called. Any thread may call this at any time.
///
/// Returns NULL, or what went wrong.
const char *chdf5_load(void);

// What Swift cannot import: macros with a cast, a comma or a call. The library's own numbers are
// -1, which it takes for nothing, as long as it is not loaded.

// Access modes.
static inline unsigned shim_H5F_ACC_RDONLY(void) { return 0; }
static inline unsigned shim_H5F_ACC_TRUNC(void) { return 2; }

// Default identifiers and sizes.
static inline hid_t shim_H5P_DEFAULT(void) { return H5P_DEFAULT; }
static inline hid_t shim_H5E_DEFAULT(void) { return H5E_DEFAULT; }
static inline hid_t shim_H5S_ALL(void) { return H5S_ALL; }
static inline hsize_t shim_H5S_UNLIMITED(void) { return H5S_UNLIMITED; }
static inline size_t shim_H5T_VARIABLE(void) { return H5T_VARIABLE; }

// Classes of property lists.
hid_t shim_H5P_FILE_CREATE(void);
hid_t shim_H5P_FILE_ACCESS(void);
hid_t shim_H5P_DATASET_CREATE(void);
hid_t shim_H5P_DATASET_ACCESS(void);
hid_t shim_H5P_LINK_CREATE(void);

// Types.
hid_t shim_H5T_C_S1(void);
hid_t shim_H5T_NATIVE_INT8(void);
hid_t shim_H5T_NATIVE_UINT8(void);
hid_t shim_H5T_NATIVE_INT16(void);
hid_t shim_H5T_NATIVE_UINT16(void);
hid_t shim_H5T_NATIVE_INT32(void);
hid_t shim_H5T_NATIVE_UINT32(void);
hid_t shim_H5T_NATIVE_INT64(void);
hid_t shim_H5T_NATIVE_UINT64(void);
hid_t shim_H5T_NATIVE_FLOAT(void);
hid_t shim_H5T_NATIVE_DOUBLE(void);

// Error classes.
hid_t shim_H5E_TRUNCATED(void);

#endif
