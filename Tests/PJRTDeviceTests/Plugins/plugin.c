// A plugin for tests. Every program that it compiles adds two tensors of f64; it counts what it has
// given away, and checks the size of every table that it gets. Built with
//   -DMINOR=115    the minor version of the interface that it says it speaks
//   -DREFUSES      it finds no hardware
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPJRT.h"

#ifndef MINOR
#define MINOR 115
#endif

struct pj_error { int code; char message[200]; };
struct pj_buffer { size_t count; bool is_deleted; double values[]; };
struct pj_loaded_executable { bool donates; };
struct pj_event { int unused; };
struct pj_executable { int unused; };

// What callers hold and have not given back.
static long live_buffers, live_executables, live_events, live_errors;
long plugin_live_objects(void) {
  return live_buffers + live_executables + live_events + live_errors;
}

static pj_error *failure(int code, const char *message) {
  pj_error *error = calloc(1, sizeof *error);
  error->code = code;
  snprintf(error->message, sizeof error->message, "%s", message);
  live_errors++;
  return error;
}

#define ARGUMENTS(name) \
  name##_args *arguments = raw; \
  if (arguments->struct_size < name##_args_make().struct_size) \
    return failure(PJ_CODE_INVALID_ARGUMENT, "a table of " #name " is too short")

static void error_destroy(void *raw) {
  free(((pj_error_destroy_args *)raw)->error);
  live_errors--;
}

static void error_message(void *raw) {
  pj_error_message_args *arguments = raw;
  arguments->message = arguments->error->message;
  arguments->message_size = strlen(arguments->error->message);
}

static pj_error *error_get_code(void *raw) {
  ARGUMENTS(pj_error_get_code);
  arguments->code = arguments->error->code;
  return NULL;
}

static pj_error *plugin_initialize(void *raw) {
  ARGUMENTS(pj_plugin_initialize);
  return NULL;
}

// Longer than simtrain's, as those of later versions may be.
typedef struct { pj_named_value value; void *later; } long_value;

static pj_error *plugin_attributes(void *raw) {
  ARGUMENTS(pj_plugin_attributes);
  static const int64_t version[3] = {1, 20, 0};
  static long_value values[2];
  for (int index = 0; index < 2; index++) {
    values[index].value = pj_named_value_make();
    values[index].value.struct_size = sizeof(long_value);
    values[index].value.name = index ? "maker" : "stablehlo_current_version";
    values[index].value.name_size = strlen(values[index].value.name);
  }
  values[0].value.type = PJ_NAMED_INT64_LIST;
  values[0].value.int64_array_value = version;
  values[0].value.value_size = 3;
  values[1].value.type = PJ_NAMED_STRING;
  values[1].value.string_value = "tests";
  values[1].value.value_size = 5;
  arguments->attributes = &values[0].value;
  arguments->attribute_count = 2;
  return NULL;
}

static pj_error *event_destroy(void *raw) {
  ARGUMENTS(pj_event_destroy);
  free(arguments->event);
  live_events--;
  return NULL;
}

static pj_error *event_await(void *raw) {
  ARGUMENTS(pj_event_await);
  return NULL;
}

static pj_error *event_on_ready(void *raw) {
  ARGUMENTS(pj_event_on_ready);
  arguments->callback(NULL, arguments->user);
  return NULL;
}

static pj_event *new_event(void) {
  live_events++;
  return calloc(1, sizeof(pj_event));
}

static char options_text[400];
// What the client was told, as text.
const char *plugin_options(void) { return options_text; }

static pj_error *client_create(void *raw) {
  ARGUMENTS(pj_client_create);
#ifdef REFUSES
  return failure(13, "No such hardware\n  is here: look elsewhere.");
#endif
  options_text[0] = 0;
  for (size_t index = 0; index < arguments->option_count; index++) {
    const pj_named_value *value = &arguments->options[index];
    size_t used = strlen(options_text), left = sizeof options_text - used;
    char *end = options_text + used;
    if (value->type == PJ_NAMED_STRING)
      snprintf(end, left, "%s: text %s\n", value->name, value->string_value);
    else if (value->type == PJ_NAMED_INT64)
      snprintf(end, left, "%s: integer %ld\n", value->name, (long)value->int64_value);
    else if (value->type == PJ_NAMED_INT64_LIST)
      snprintf(
          end, left, "%s: %zu integers, last %ld\n", value->name, value->value_size,
          (long)value->int64_array_value[value->value_size - 1]);
    else if (value->type == PJ_NAMED_FLOAT)
      snprintf(end, left, "%s: real %g\n", value->name, value->float_value);
    else
      snprintf(end, left, "%s: flag %d\n", value->name, value->bool_value);
  }
  arguments->client = (pj_client *)options_text;
  return NULL;
}

static pj_error *platform_name(void *raw) {
  ARGUMENTS(pj_client_platform_name);
  arguments->name = "abacus";
  arguments->name_size = 6;
  return NULL;
}

static pj_error *platform_version(void *raw) {
  ARGUMENTS(pj_client_platform_version);
  arguments->version = "2\nbeads";
  arguments->version_size = 7;
  return NULL;
}

static pj_error *devices(void *raw) {
  ARGUMENTS(pj_client_addressable_devices);
  static pj_device *const all[2] = {(pj_device *)options_text, (pj_device *)options_text};
  arguments->devices = all;
  arguments->device_count = 2;
  return NULL;
}

static pj_error *get_description(void *raw) {
  ARGUMENTS(pj_device_get_description);
  arguments->description = (pj_device_description *)options_text;
  return NULL;
}

static pj_error *kind(void *raw) {
  ARGUMENTS(pj_device_description_kind);
  arguments->kind = "wooden";
  arguments->kind_size = 6;
  return NULL;
}

static pj_error *memory_stats(void *raw) {
  ARGUMENTS(pj_device_memory_stats);
  arguments->bytes_limit = 1 << 20;
  arguments->bytes_limit_is_set = true;
  return NULL;
}

static pj_error *compile(void *raw) {
  ARGUMENTS(pj_client_compile);
  // Options of XLA that this plugin does not know.
  if (arguments->options_size > 6)
    return failure(PJ_CODE_INVALID_ARGUMENT, "No such compile option: 'xla_allow_excess_precision'");
  const char *code = arguments->program->code;
  size_t size = arguments->program->code_size;
  if (arguments->program->format_size != 4 || memcmp(arguments->program->format, "mlir", 4))
    return failure(PJ_CODE_INVALID_ARGUMENT, "a format that is not mlir");
  if (!memmem(code, size, "stablehlo.add", 13))
    return failure(PJ_CODE_UNIMPLEMENTED, "only sums\nare computed here");
  arguments->executable = calloc(1, sizeof(pj_loaded_executable));
  arguments->executable->donates = memmem(code, size, "tf.aliasing_output = 0", 22) != NULL;
  live_executables++;
  return NULL;
}

static pj_error *loaded_destroy(void *raw) {
  ARGUMENTS(pj_loaded_executable_destroy);
  free(arguments->executable);
  live_executables--;
  return NULL;
}

static pj_error *get_executable(void *raw) {
  ARGUMENTS(pj_loaded_executable_get_executable);
  arguments->executable = calloc(1, sizeof(pj_executable));
  live_executables++;
  return NULL;
}

static pj_error *executable_destroy(void *raw) {
  ARGUMENTS(pj_executable_destroy);
  free(arguments->executable);
  live_executables--;
  return NULL;
}

static pj_error *num_outputs(void *raw) {
  ARGUMENTS(pj_executable_num_outputs);
  arguments->output_count = 1;
  return NULL;
}

static pj_buffer *new_buffer(size_t count) {
  live_buffers++;
  pj_buffer *buffer = calloc(1, sizeof(pj_buffer) + count * sizeof(double));
  buffer->count = count;
  return buffer;
}

static pj_error *from_host(void *raw) {
  ARGUMENTS(pj_client_buffer_from_host_buffer);
  size_t count = 1;
  for (size_t index = 0; index < arguments->dimension_count; index++)
    count *= (size_t)arguments->dimensions[index];
  if (count > 1 << 17) return failure(PJ_CODE_RESOURCE_EXHAUSTED, "out of beads");
  arguments->buffer = new_buffer(count);
  if (arguments->type == PJ_TYPE_F64)
    memcpy(arguments->buffer->values, arguments->data, count * sizeof(double));
  arguments->done_with_host_buffer = new_event();
  return NULL;
}

static pj_error *buffer_destroy(void *raw) {
  ARGUMENTS(pj_buffer_destroy);
  free(arguments->buffer);
  live_buffers--;
  return NULL;
}

static pj_error *to_host(void *raw) {
  ARGUMENTS(pj_buffer_to_host_buffer);
  if (arguments->buffer->is_deleted)
    return failure(PJ_CODE_INVALID_ARGUMENT, "the buffer was donated");
  size_t size = arguments->buffer->count * sizeof(double);
  if (arguments->destination_size != size)
    return failure(PJ_CODE_INVALID_ARGUMENT, "a destination of another size");
  memcpy(arguments->destination, arguments->buffer->values, size);
  arguments->done = new_event();
  return NULL;
}

static pj_error *execute(void *raw) {
  ARGUMENTS(pj_loaded_executable_execute);
  if (arguments->options->struct_size < pj_execute_options_make().struct_size)
    return failure(PJ_CODE_INVALID_ARGUMENT, "a table of options is too short");
  pj_buffer *a = arguments->arguments[0][0], *b = arguments->arguments[0][1];
  if (a->is_deleted || b->is_deleted)
    return failure(PJ_CODE_INVALID_ARGUMENT, "an argument was donated before");
  pj_buffer *sum = new_buffer(a->count);
  for (size_t index = 0; index < a->count; index++)
    sum->values[index] = a->values[index] + b->values[index];
  a->is_deleted = arguments->executable->donates;
  arguments->results[0][0] = sum;
  if (arguments->done) arguments->done[0] = new_event();
  return NULL;
}

const pj_api *GetPjrtApi(void) {
  static pj_api api;
  api.struct_size = sizeof api;
  api.version.struct_size = sizeof api.version;
  api.version.minor_version = MINOR;
  api.functions[PJ_ERROR_DESTROY] = error_destroy;
  api.functions[PJ_ERROR_MESSAGE] = error_message;
  api.functions[PJ_ERROR_GET_CODE] = error_get_code;
  api.functions[PJ_PLUGIN_INITIALIZE] = plugin_initialize;
  api.functions[PJ_PLUGIN_ATTRIBUTES] = plugin_attributes;
  api.functions[PJ_EVENT_DESTROY] = event_destroy;
  api.functions[PJ_EVENT_AWAIT] = event_await;
  api.functions[PJ_EVENT_ON_READY] = event_on_ready;
  api.functions[PJ_CLIENT_CREATE] = client_create;
  api.functions[PJ_CLIENT_PLATFORM_NAME] = platform_name;
  api.functions[PJ_CLIENT_PLATFORM_VERSION] = platform_version;
  api.functions[PJ_CLIENT_ADDRESSABLE_DEVICES] = devices;
  api.functions[PJ_CLIENT_COMPILE] = compile;
  api.functions[PJ_CLIENT_BUFFER_FROM_HOST_BUFFER] = from_host;
  api.functions[PJ_DEVICE_GET_DESCRIPTION] = get_description;
  api.functions[PJ_DEVICE_DESCRIPTION_KIND] = kind;
  api.functions[PJ_DEVICE_MEMORY_STATS] = memory_stats;
  api.functions[PJ_EXECUTABLE_DESTROY] = executable_destroy;
  api.functions[PJ_EXECUTABLE_NUM_OUTPUTS] = num_outputs;
  api.functions[PJ_LOADED_EXECUTABLE_DESTROY] = loaded_destroy;
  api.functions[PJ_LOADED_EXECUTABLE_GET_EXECUTABLE] = get_executable;
  api.functions[PJ_LOADED_EXECUTABLE_EXECUTE] = execute;
  api.functions[PJ_BUFFER_DESTROY] = buffer_destroy;
#ifdef READS_NOTHING_BACK
  (void)to_host;
#else
  api.functions[PJ_BUFFER_TO_HOST_BUFFER] = to_host;
#endif
  return &api;
}
