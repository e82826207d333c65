#ifndef SIMTRAIN_CPJRT_H
#define SIMTRAIN_CPJRT_H

// The binary interface of PJRT plugins, as far as simtrain calls it: layouts of tables and arguments, in
// names of our own. A plugin is a shared library with a function GetPjrtApi, which returns a `pj_api`.
//
// Every table begins with its own size in bytes and a list of extensions, which is left empty. Versions
// 0.81 to 0.116 of the interface agree in what stands here: functions and members were added at ends.
// `Tests/PJRTDeviceTests` holds sizes and offsets to the header of a plugin's own package.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What only the plugin looks into.
typedef struct pj_error pj_error;
typedef struct pj_event pj_event;
typedef struct pj_client pj_client;
typedef struct pj_device pj_device;
typedef struct pj_device_description pj_device_description;
typedef struct pj_memory pj_memory;
typedef struct pj_buffer pj_buffer;
typedef struct pj_executable pj_executable;
typedef struct pj_loaded_executable pj_loaded_executable;

// What every table begins with.
#define PJ_HEAD \
  size_t struct_size; \
  void *extensions

// Places of functions in the table.
typedef enum {
  PJ_ERROR_DESTROY = 0,
  PJ_ERROR_MESSAGE = 1,
  PJ_ERROR_GET_CODE = 2,
  PJ_PLUGIN_INITIALIZE = 3,
  PJ_PLUGIN_ATTRIBUTES = 4,
  PJ_EVENT_DESTROY = 5,
  PJ_EVENT_AWAIT = 8,
  PJ_EVENT_ON_READY = 9,
  PJ_CLIENT_CREATE = 10,
  PJ_CLIENT_PLATFORM_NAME = 12,
  PJ_CLIENT_PLATFORM_VERSION = 14,
  PJ_CLIENT_ADDRESSABLE_DEVICES = 16,
  PJ_CLIENT_COMPILE = 20,
  PJ_CLIENT_BUFFER_FROM_HOST_BUFFER = 22,
  PJ_DEVICE_DESCRIPTION_KIND = 26,
  PJ_DEVICE_DESCRIPTION_TO_STRING = 28,
  PJ_DEVICE_GET_DESCRIPTION = 29,
  PJ_DEVICE_MEMORY_STATS = 34,
  PJ_EXECUTABLE_DESTROY = 40,
  PJ_EXECUTABLE_NUM_OUTPUTS = 44,
  PJ_LOADED_EXECUTABLE_DESTROY = 50,
  PJ_LOADED_EXECUTABLE_GET_EXECUTABLE = 51,
  PJ_LOADED_EXECUTABLE_EXECUTE = 55,
  PJ_BUFFER_DESTROY = 58,
  PJ_BUFFER_TO_HOST_BUFFER = 70,
} pj_function;

typedef struct {
  PJ_HEAD;
  int major_version;
  int minor_version;
} pj_api_version;

// The table of functions; it may be shorter or longer than here.
typedef struct {
  PJ_HEAD;
  pj_api_version version;
  void *functions[72];
} pj_api;

typedef struct { PJ_HEAD; pj_error *error; } pj_error_destroy_args;
typedef struct {
  PJ_HEAD;
  const pj_error *error;
  const char *message;  // out; the error's
  size_t message_size;  // out
} pj_error_message_args;
typedef struct {
  PJ_HEAD;
  const pj_error *error;
  int code;  // out
} pj_error_get_code_args;

// What an error's code says, as far as it is told apart; the numbers are those of gRPC.
enum { PJ_CODE_RESOURCE_EXHAUSTED = 8, PJ_CODE_INVALID_ARGUMENT = 3, PJ_CODE_UNIMPLEMENTED = 12 };

// The type of a named value.
enum {
  PJ_NAMED_STRING = 0,
  PJ_NAMED_INT64 = 1,
  PJ_NAMED_INT64_LIST = 2,
  PJ_NAMED_FLOAT = 3,
  PJ_NAMED_BOOL = 4,
};

// An option or an attribute. The size of a scalar is 1.
typedef struct {
  PJ_HEAD;
  const char *name;
  size_t name_size;
  int type;
  union {
    const char *string_value;
    int64_t int64_value;
    const int64_t *int64_array_value;
    float float_value;
    bool bool_value;
  };
  size_t value_size;
} pj_named_value;

typedef struct { PJ_HEAD; } pj_plugin_initialize_args;
typedef struct {
  PJ_HEAD;
  const pj_named_value *attributes;  // out; the plugin's, each `attributes->struct_size` bytes long
  size_t attribute_count;            // out
} pj_plugin_attributes_args;

typedef struct { PJ_HEAD; pj_event *event; } pj_event_destroy_args;
typedef struct { PJ_HEAD; pj_event *event; } pj_event_await_args;
// Gets an error that it must destroy, or NULL.
typedef void (*pj_event_callback)(pj_error *error, void *user);
typedef struct {
  PJ_HEAD;
  pj_event *event;
  pj_event_callback callback;
  void *user;
} pj_event_on_ready_args;

typedef struct {
  PJ_HEAD;
  const pj_named_value *options;
  size_t option_count;
  // How the processes of a cluster find each other; empty for one process.
  void *get_callback, *get_user, *put_callback, *put_user;
  pj_client *client;  // out
  void *try_get_callback, *try_get_user;
} pj_client_create_args;
typedef struct {
  PJ_HEAD;
  pj_client *client;
  const char *name;  // out; the client's
  size_t name_size;  // out
} pj_client_platform_name_args;
typedef struct {
  PJ_HEAD;
  pj_client *client;
  const char *version;  // out; the client's
  size_t version_size;  // out
} pj_client_platform_version_args;
typedef struct {
  PJ_HEAD;
  pj_client *client;
  pj_device *const *devices;  // out; the client's
  size_t device_count;        // out
} pj_client_addressable_devices_args;

typedef struct {
  PJ_HEAD;
  char *code;
  size_t code_size;
  const char *format;  // "mlir"
  size_t format_size;
} pj_program;
typedef struct {
  PJ_HEAD;
  pj_client *client;
  const pj_program *program;
  const char *options;  // a serialized CompileOptionsProto
  size_t options_size;
  pj_loaded_executable *executable;  // out; the caller's
} pj_client_compile_args;

// Element types of buffers, as far as graphs have them.
enum {
  PJ_TYPE_PRED = 1,
  PJ_TYPE_S8 = 2,
  PJ_TYPE_S16 = 3,
  PJ_TYPE_S32 = 4,
  PJ_TYPE_S64 = 5,
  PJ_TYPE_U8 = 6,
  PJ_TYPE_U16 = 7,
  PJ_TYPE_U32 = 8,
  PJ_TYPE_U64 = 9,
  PJ_TYPE_F16 = 10,
  PJ_TYPE_F32 = 11,
  PJ_TYPE_F64 = 12,
  PJ_TYPE_BF16 = 13,
};

// The bytes of the host are read before the call returns.
enum { PJ_HOST_BUFFER_ONLY_DURING_CALL = 0 };

typedef struct {
  PJ_HEAD;
  pj_client *client;
  const void *data;
  int type;
  const int64_t *dimensions;
  size_t dimension_count;
  const int64_t *byte_strides;  // NULL: dense, row-major
  size_t byte_stride_count;
  int semantics;
  pj_device *device;
  pj_memory *memory;
  void *device_layout;
  pj_event *done_with_host_buffer;  // out; the caller's
  pj_buffer *buffer;                // out; the caller's
} pj_client_buffer_from_host_buffer_args;

typedef struct {
  PJ_HEAD;
  pj_device *device;
  pj_device_description *description;  // out; the device's
} pj_device_get_description_args;
typedef struct {
  PJ_HEAD;
  pj_device_description *description;
  const char *kind;  // out; the description's
  size_t kind_size;  // out
} pj_device_description_kind_args;
typedef struct {
  PJ_HEAD;
  pj_device_description *description;
  const char *text;  // out; the description's
  size_t text_size;  // out
} pj_device_description_to_string_args;

// A figure that a device may not have.
#define PJ_FIGURE(name) \
  int64_t name; \
  bool name##_is_set
typedef struct {
  PJ_HEAD;
  pj_device *device;
  int64_t bytes_in_use;  // all out
  PJ_FIGURE(peak_bytes_in_use);
  PJ_FIGURE(allocation_count);
  PJ_FIGURE(largest_allocation);
  PJ_FIGURE(bytes_limit);
  PJ_FIGURE(bytes_reserved);
  PJ_FIGURE(peak_bytes_reserved);
  PJ_FIGURE(bytes_reservable_limit);
  PJ_FIGURE(largest_free_block);
  PJ_FIGURE(pool_bytes);
  PJ_FIGURE(peak_pool_bytes);
} pj_device_memory_stats_args;

typedef struct { PJ_HEAD; pj_executable *executable; } pj_executable_destroy_args;
typedef struct {
  PJ_HEAD;
  pj_executable *executable;
  size_t output_count;  // out
} pj_executable_num_outputs_args;
typedef struct { PJ_HEAD; pj_loaded_executable *executable; } pj_loaded_executable_destroy_args;
typedef struct {
  PJ_HEAD;
  pj_loaded_executable *loaded;
  pj_executable *executable;  // out; the caller's
} pj_loaded_executable_get_executable_args;

typedef struct {
  PJ_HEAD;
  void *send_callbacks, *receive_callbacks;
  size_t send_count, receive_count;
  int launch;
  const int64_t *kept_inputs;  // that are not donated, whatever the program says
  size_t kept_input_count;
  void *context;
  const char *call_location;
  size_t task_count;
  int *tasks;
  int64_t *incarnations;
} pj_execute_options;
typedef struct {
  PJ_HEAD;
  pj_loaded_executable *executable;
  pj_execute_options *options;
  pj_buffer *const *const *arguments;  // by device, by argument
  size_t device_count;
  size_t argument_count;
  pj_buffer **const *results;  // by device, by result; filled with the caller's buffers
  pj_event **done;             // by device; filled with the caller's events, or NULL
  pj_device *device;
} pj_loaded_executable_execute_args;

typedef struct { PJ_HEAD; pj_buffer *buffer; } pj_buffer_destroy_args;

// Where elements lie: the dimension whose neighbours are adjacent comes first. No tiles.
typedef struct {
  PJ_HEAD;
  const int64_t *minor_to_major;
  size_t dimension_count;
  const int64_t *tile_dimensions;
  const size_t *tile_dimension_counts;
  size_t tile_count;
} pj_tiled_layout;
typedef struct {
  PJ_HEAD;
  const int64_t *byte_strides;
  size_t dimension_count;
} pj_strided_layout;
typedef struct {
  PJ_HEAD;
  union {
    pj_tiled_layout tiled;
    pj_strided_layout strides;
  };
  int type;  // 0: tiled
} pj_memory_layout;
typedef struct {
  PJ_HEAD;
  pj_buffer *buffer;
  pj_memory_layout *host_layout;  // NULL: that of the buffer
  void *destination;
  size_t destination_size;
  pj_event *done;  // out; the caller's
} pj_buffer_to_host_buffer_args;

#undef PJ_FIGURE
#undef PJ_HEAD

// A table, empty but for its size: that up to its last member.
#define PJ_MAKE(name, last) \
  static inline name name##_make(void) { \
    name table = {0}; \
    table.struct_size = offsetof(name, last) + sizeof table.last; \
    return table; \
  }
PJ_MAKE(pj_error_destroy_args, error)
PJ_MAKE(pj_error_message_args, message_size)
PJ_MAKE(pj_error_get_code_args, code)
PJ_MAKE(pj_named_value, value_size)
PJ_MAKE(pj_plugin_initialize_args, extensions)
PJ_MAKE(pj_plugin_attributes_args, attribute_count)
PJ_MAKE(pj_event_destroy_args, event)
PJ_MAKE(pj_event_await_args, event)
PJ_MAKE(pj_event_on_ready_args, user)
PJ_MAKE(pj_client_create_args, try_get_user)
PJ_MAKE(pj_client_platform_name_args, name_size)
PJ_MAKE(pj_client_platform_version_args, version_size)
PJ_MAKE(pj_client_addressable_devices_args, device_count)
PJ_MAKE(pj_program, format_size)
PJ_MAKE(pj_client_compile_args, executable)
PJ_MAKE(pj_client_buffer_from_host_buffer_args, buffer)
PJ_MAKE(pj_device_get_description_args, description)
PJ_MAKE(pj_device_description_kind_args, kind_size)
PJ_MAKE(pj_device_description_to_string_args, text_size)
PJ_MAKE(pj_device_memory_stats_args, peak_pool_bytes_is_set)
PJ_MAKE(pj_executable_destroy_args, executable)
PJ_MAKE(pj_executable_num_outputs_args, output_count)
PJ_MAKE(pj_loaded_executable_destroy_args, executable)
PJ_MAKE(pj_loaded_executable_get_executable_args, executable)
PJ_MAKE(pj_execute_options, incarnations)
PJ_MAKE(pj_loaded_executable_execute_args, device)
PJ_MAKE(pj_buffer_destroy_args, buffer)
PJ_MAKE(pj_tiled_layout, tile_count)
PJ_MAKE(pj_memory_layout, type)
PJ_MAKE(pj_buffer_to_host_buffer_args, done)
#undef PJ_MAKE

// Whether the plugin has a function: its table reaches so far, and there is something.
static inline bool pj_has(const pj_api *api, pj_function function) {
  size_t end = offsetof(pj_api, functions) + ((size_t)function + 1) * sizeof(void *);
  return api->struct_size >= end && api->functions[function] != NULL;
}

// Calls a function that can fail; NULL if it did not.
static inline pj_error *pj_call(const pj_api *api, pj_function function, void *arguments) {
  return ((pj_error * (*)(void *)) api->functions[function])(arguments);
}

// Calls a function of errors, which cannot fail.
static inline void pj_call_void(const pj_api *api, pj_function function, void *arguments) {
  ((void (*)(void *))api->functions[function])(arguments);
}

/// Opens the plugin at PATH and stores its table; a message in `problem` if it cannot be opened or is none.
///
/// Plugins are never closed: their threads outlive everything.
const pj_api *pj_open(const char *path, char *problem, size_t problem_size);

#endif
