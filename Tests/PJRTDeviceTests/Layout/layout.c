// Compares the layouts of CPJRT.h with those of the header that a plugin's package brings, member by
// member: one line for each difference, and status 1 if there is one. The last line counts what was
// compared.
#include <stdio.h>

#include "CPJRT.h"
#include "pjrt_c_api.h"

static int compared, differences;

static void compare(const char *what, size_t ours, size_t theirs) {
  compared++;
  if (ours == theirs) return;
  differences++;
  printf("%s: %zu here, %zu in pjrt_c_api.h\n", what, ours, theirs);
}

#define PLACE(table, member, Table, Member) \
  compare(#table "." #member, offsetof(table, member), offsetof(Table, Member)); \
  compare("size of " #table "." #member, sizeof(((table *)0)->member), sizeof(((Table *)0)->Member))
#define HEAD(table, Table) \
  PLACE(table, struct_size, Table, struct_size); \
  PLACE(table, extensions, Table, extension_start)
// Tables that begin with a head; the size that is stated is compared too.
#define TABLE(table, Table) \
  HEAD(table, Table); \
  compare("size of " #table, table##_make().struct_size, Table##_STRUCT_SIZE)
#define FUNCTION(place, Name) \
  compare(#place, offsetof(pj_api, functions) + place * sizeof(void *), offsetof(PJRT_Api, Name))
#define VALUE(value, Name) compare(#value, value, Name)

static void functions(void) {
  FUNCTION(PJ_ERROR_DESTROY, PJRT_Error_Destroy);
  FUNCTION(PJ_ERROR_MESSAGE, PJRT_Error_Message);
  FUNCTION(PJ_ERROR_GET_CODE, PJRT_Error_GetCode);
  FUNCTION(PJ_PLUGIN_INITIALIZE, PJRT_Plugin_Initialize);
  FUNCTION(PJ_PLUGIN_ATTRIBUTES, PJRT_Plugin_Attributes);
  FUNCTION(PJ_EVENT_DESTROY, PJRT_Event_Destroy);
  FUNCTION(PJ_EVENT_AWAIT, PJRT_Event_Await);
  FUNCTION(PJ_EVENT_ON_READY, PJRT_Event_OnReady);
  FUNCTION(PJ_CLIENT_CREATE, PJRT_Client_Create);
  FUNCTION(PJ_CLIENT_PLATFORM_NAME, PJRT_Client_PlatformName);
  FUNCTION(PJ_CLIENT_PLATFORM_VERSION, PJRT_Client_PlatformVersion);
  FUNCTION(PJ_CLIENT_ADDRESSABLE_DEVICES, PJRT_Client_AddressableDevices);
  FUNCTION(PJ_CLIENT_COMPILE, PJRT_Client_Compile);
  FUNCTION(PJ_CLIENT_BUFFER_FROM_HOST_BUFFER, PJRT_Client_BufferFromHostBuffer);
  FUNCTION(PJ_DEVICE_DESCRIPTION_KIND, PJRT_DeviceDescription_Kind);
  FUNCTION(PJ_DEVICE_DESCRIPTION_TO_STRING, PJRT_DeviceDescription_ToString);
  FUNCTION(PJ_DEVICE_GET_DESCRIPTION, PJRT_Device_GetDescription);
  FUNCTION(PJ_DEVICE_MEMORY_STATS, PJRT_Device_MemoryStats);
  FUNCTION(PJ_EXECUTABLE_DESTROY, PJRT_Executable_Destroy);
  FUNCTION(PJ_EXECUTABLE_NUM_OUTPUTS, PJRT_Executable_NumOutputs);
  FUNCTION(PJ_LOADED_EXECUTABLE_DESTROY, PJRT_LoadedExecutable_Destroy);
  FUNCTION(PJ_LOADED_EXECUTABLE_GET_EXECUTABLE, PJRT_LoadedExecutable_GetExecutable);
  FUNCTION(PJ_LOADED_EXECUTABLE_EXECUTE, PJRT_LoadedExecutable_Execute);
  FUNCTION(PJ_BUFFER_DESTROY, PJRT_Buffer_Destroy);
  FUNCTION(PJ_BUFFER_TO_HOST_BUFFER, PJRT_Buffer_ToHostBuffer);
}

static void values(void) {
  VALUE(PJ_CODE_RESOURCE_EXHAUSTED, PJRT_Error_Code_RESOURCE_EXHAUSTED);
  VALUE(PJ_CODE_INVALID_ARGUMENT, PJRT_Error_Code_INVALID_ARGUMENT);
  VALUE(PJ_CODE_UNIMPLEMENTED, PJRT_Error_Code_UNIMPLEMENTED);
  VALUE(PJ_NAMED_STRING, PJRT_NamedValue_kString);
  VALUE(PJ_NAMED_INT64, PJRT_NamedValue_kInt64);
  VALUE(PJ_NAMED_INT64_LIST, PJRT_NamedValue_kInt64List);
  VALUE(PJ_NAMED_FLOAT, PJRT_NamedValue_kFloat);
  VALUE(PJ_NAMED_BOOL, PJRT_NamedValue_kBool);
  VALUE(PJ_TYPE_PRED, PJRT_Buffer_Type_PRED);
  VALUE(PJ_TYPE_S8, PJRT_Buffer_Type_S8);
  VALUE(PJ_TYPE_S32, PJRT_Buffer_Type_S32);
  VALUE(PJ_TYPE_S64, PJRT_Buffer_Type_S64);
  VALUE(PJ_TYPE_U8, PJRT_Buffer_Type_U8);
  VALUE(PJ_TYPE_U32, PJRT_Buffer_Type_U32);
  VALUE(PJ_TYPE_U64, PJRT_Buffer_Type_U64);
  VALUE(PJ_TYPE_F16, PJRT_Buffer_Type_F16);
  VALUE(PJ_TYPE_F32, PJRT_Buffer_Type_F32);
  VALUE(PJ_TYPE_F64, PJRT_Buffer_Type_F64);
  VALUE(PJ_TYPE_BF16, PJRT_Buffer_Type_BF16);
  VALUE(PJ_HOST_BUFFER_ONLY_DURING_CALL, PJRT_HostBufferSemantics_kImmutableOnlyDuringCall);
  VALUE(0, PJRT_Buffer_MemoryLayout_Type_Tiled);
}

static void errors_and_events(void) {
  TABLE(pj_error_destroy_args, PJRT_Error_Destroy_Args);
  PLACE(pj_error_destroy_args, error, PJRT_Error_Destroy_Args, error);
  TABLE(pj_error_message_args, PJRT_Error_Message_Args);
  PLACE(pj_error_message_args, error, PJRT_Error_Message_Args, error);
  PLACE(pj_error_message_args, message, PJRT_Error_Message_Args, message);
  PLACE(pj_error_message_args, message_size, PJRT_Error_Message_Args, message_size);
  TABLE(pj_error_get_code_args, PJRT_Error_GetCode_Args);
  PLACE(pj_error_get_code_args, error, PJRT_Error_GetCode_Args, error);
  PLACE(pj_error_get_code_args, code, PJRT_Error_GetCode_Args, code);
  TABLE(pj_event_destroy_args, PJRT_Event_Destroy_Args);
  PLACE(pj_event_destroy_args, event, PJRT_Event_Destroy_Args, event);
  TABLE(pj_event_await_args, PJRT_Event_Await_Args);
  PLACE(pj_event_await_args, event, PJRT_Event_Await_Args, event);
  TABLE(pj_event_on_ready_args, PJRT_Event_OnReady_Args);
  PLACE(pj_event_on_ready_args, event, PJRT_Event_OnReady_Args, event);
  PLACE(pj_event_on_ready_args, callback, PJRT_Event_OnReady_Args, callback);
  PLACE(pj_event_on_ready_args, user, PJRT_Event_OnReady_Args, user_arg);
}

static void plugins_and_clients(void) {
  HEAD(pj_api_version, PJRT_Api_Version);
  PLACE(pj_api_version, major_version, PJRT_Api_Version, major_version);
  PLACE(pj_api_version, minor_version, PJRT_Api_Version, minor_version);
  HEAD(pj_api, PJRT_Api);
  PLACE(pj_api, version, PJRT_Api, pjrt_api_version);
  TABLE(pj_named_value, PJRT_NamedValue);
  PLACE(pj_named_value, name, PJRT_NamedValue, name);
  PLACE(pj_named_value, name_size, PJRT_NamedValue, name_size);
  PLACE(pj_named_value, type, PJRT_NamedValue, type);
  PLACE(pj_named_value, string_value, PJRT_NamedValue, string_value);
  PLACE(pj_named_value, int64_value, PJRT_NamedValue, int64_value);
  PLACE(pj_named_value, int64_array_value, PJRT_NamedValue, int64_array_value);
  PLACE(pj_named_value, float_value, PJRT_NamedValue, float_value);
  PLACE(pj_named_value, bool_value, PJRT_NamedValue, bool_value);
  PLACE(pj_named_value, value_size, PJRT_NamedValue, value_size);
  TABLE(pj_plugin_initialize_args, PJRT_Plugin_Initialize_Args);
  TABLE(pj_plugin_attributes_args, PJRT_Plugin_Attributes_Args);
  PLACE(pj_plugin_attributes_args, attributes, PJRT_Plugin_Attributes_Args, attributes);
  PLACE(pj_plugin_attributes_args, attribute_count, PJRT_Plugin_Attributes_Args, num_attributes);
  TABLE(pj_client_create_args, PJRT_Client_Create_Args);
  PLACE(pj_client_create_args, options, PJRT_Client_Create_Args, create_options);
  PLACE(pj_client_create_args, option_count, PJRT_Client_Create_Args, num_options);
  PLACE(pj_client_create_args, get_callback, PJRT_Client_Create_Args, kv_get_callback);
  PLACE(pj_client_create_args, get_user, PJRT_Client_Create_Args, kv_get_user_arg);
  PLACE(pj_client_create_args, put_callback, PJRT_Client_Create_Args, kv_put_callback);
  PLACE(pj_client_create_args, put_user, PJRT_Client_Create_Args, kv_put_user_arg);
  PLACE(pj_client_create_args, client, PJRT_Client_Create_Args, client);
  PLACE(pj_client_create_args, try_get_callback, PJRT_Client_Create_Args, kv_try_get_callback);
  PLACE(pj_client_create_args, try_get_user, PJRT_Client_Create_Args, kv_try_get_user_arg);
  TABLE(pj_client_platform_name_args, PJRT_Client_PlatformName_Args);
  PLACE(pj_client_platform_name_args, client, PJRT_Client_PlatformName_Args, client);
  PLACE(pj_client_platform_name_args, name, PJRT_Client_PlatformName_Args, platform_name);
  PLACE(pj_client_platform_name_args, name_size, PJRT_Client_PlatformName_Args, platform_name_size);
  TABLE(pj_client_platform_version_args, PJRT_Client_PlatformVersion_Args);
  PLACE(pj_client_platform_version_args, client, PJRT_Client_PlatformVersion_Args, client);
  PLACE(
      pj_client_platform_version_args, version, PJRT_Client_PlatformVersion_Args, platform_version);
  PLACE(
      pj_client_platform_version_args, version_size, PJRT_Client_PlatformVersion_Args,
      platform_version_size);
  TABLE(pj_client_addressable_devices_args, PJRT_Client_AddressableDevices_Args);
  PLACE(pj_client_addressable_devices_args, client, PJRT_Client_AddressableDevices_Args, client);
  PLACE(
      pj_client_addressable_devices_args, devices, PJRT_Client_AddressableDevices_Args,
      addressable_devices);
  PLACE(
      pj_client_addressable_devices_args, device_count, PJRT_Client_AddressableDevices_Args,
      num_addressable_devices);
}

static void devices(void) {
  TABLE(pj_device_get_description_args, PJRT_Device_GetDescription_Args);
  PLACE(pj_device_get_description_args, device, PJRT_Device_GetDescription_Args, device);
  PLACE(
      pj_device_get_description_args, description, PJRT_Device_GetDescription_Args,
      device_description);
  TABLE(pj_device_description_kind_args, PJRT_DeviceDescription_Kind_Args);
  PLACE(
      pj_device_description_kind_args, description, PJRT_DeviceDescription_Kind_Args,
      device_description);
  PLACE(pj_device_description_kind_args, kind, PJRT_DeviceDescription_Kind_Args, device_kind);
  PLACE(
      pj_device_description_kind_args, kind_size, PJRT_DeviceDescription_Kind_Args,
      device_kind_size);
  TABLE(pj_device_description_to_string_args, PJRT_DeviceDescription_ToString_Args);
  PLACE(
      pj_device_description_to_string_args, description, PJRT_DeviceDescription_ToString_Args,
      device_description);
  PLACE(pj_device_description_to_string_args, text, PJRT_DeviceDescription_ToString_Args, to_string);
  PLACE(
      pj_device_description_to_string_args, text_size, PJRT_DeviceDescription_ToString_Args,
      to_string_size);
  TABLE(pj_device_memory_stats_args, PJRT_Device_MemoryStats_Args);
#define FIGURE(ours, theirs) \
  PLACE(pj_device_memory_stats_args, ours, PJRT_Device_MemoryStats_Args, theirs); \
  PLACE(pj_device_memory_stats_args, ours##_is_set, PJRT_Device_MemoryStats_Args, theirs##_is_set)
  PLACE(pj_device_memory_stats_args, device, PJRT_Device_MemoryStats_Args, device);
  PLACE(pj_device_memory_stats_args, bytes_in_use, PJRT_Device_MemoryStats_Args, bytes_in_use);
  FIGURE(peak_bytes_in_use, peak_bytes_in_use);
  FIGURE(allocation_count, num_allocs);
  FIGURE(largest_allocation, largest_alloc_size);
  FIGURE(bytes_limit, bytes_limit);
  FIGURE(bytes_reserved, bytes_reserved);
  FIGURE(peak_bytes_reserved, peak_bytes_reserved);
  FIGURE(bytes_reservable_limit, bytes_reservable_limit);
  FIGURE(largest_free_block, largest_free_block_bytes);
  FIGURE(pool_bytes, pool_bytes);
  FIGURE(peak_pool_bytes, peak_pool_bytes);
}

static void programs(void) {
  TABLE(pj_program, PJRT_Program);
  PLACE(pj_program, code, PJRT_Program, code);
  PLACE(pj_program, code_size, PJRT_Program, code_size);
  PLACE(pj_program, format, PJRT_Program, format);
  PLACE(pj_program, format_size, PJRT_Program, format_size);
  TABLE(pj_client_compile_args, PJRT_Client_Compile_Args);
  PLACE(pj_client_compile_args, client, PJRT_Client_Compile_Args, client);
  PLACE(pj_client_compile_args, program, PJRT_Client_Compile_Args, program);
  PLACE(pj_client_compile_args, options, PJRT_Client_Compile_Args, compile_options);
  PLACE(pj_client_compile_args, options_size, PJRT_Client_Compile_Args, compile_options_size);
  PLACE(pj_client_compile_args, executable, PJRT_Client_Compile_Args, executable);
  TABLE(pj_executable_destroy_args, PJRT_Executable_Destroy_Args);
  PLACE(pj_executable_destroy_args, executable, PJRT_Executable_Destroy_Args, executable);
  TABLE(pj_executable_num_outputs_args, PJRT_Executable_NumOutputs_Args);
  PLACE(pj_executable_num_outputs_args, executable, PJRT_Executable_NumOutputs_Args, executable);
  PLACE(pj_executable_num_outputs_args, output_count, PJRT_Executable_NumOutputs_Args, num_outputs);
  TABLE(pj_loaded_executable_destroy_args, PJRT_LoadedExecutable_Destroy_Args);
  PLACE(
      pj_loaded_executable_destroy_args, executable, PJRT_LoadedExecutable_Destroy_Args, executable);
#define LOADED pj_loaded_executable_get_executable_args
  compare("size of " "get_executable", pj_loaded_executable_get_executable_args_make().struct_size,
          PJRT_LoadedExecutable_GetExecutable_Args_STRUCT_SIZE);
  PLACE(LOADED, loaded, PJRT_LoadedExecutable_GetExecutable_Args, loaded_executable);
  PLACE(LOADED, executable, PJRT_LoadedExecutable_GetExecutable_Args, executable);
  TABLE(pj_execute_options, PJRT_ExecuteOptions);
  PLACE(pj_execute_options, send_callbacks, PJRT_ExecuteOptions, send_callbacks);
  PLACE(pj_execute_options, receive_callbacks, PJRT_ExecuteOptions, recv_callbacks);
  PLACE(pj_execute_options, send_count, PJRT_ExecuteOptions, num_send_ops);
  PLACE(pj_execute_options, receive_count, PJRT_ExecuteOptions, num_recv_ops);
  PLACE(pj_execute_options, launch, PJRT_ExecuteOptions, launch_id);
  PLACE(pj_execute_options, kept_inputs, PJRT_ExecuteOptions, non_donatable_input_indices);
  PLACE(
      pj_execute_options, kept_input_count, PJRT_ExecuteOptions, num_non_donatable_input_indices);
  PLACE(pj_execute_options, context, PJRT_ExecuteOptions, context);
  PLACE(pj_execute_options, call_location, PJRT_ExecuteOptions, call_location);
  PLACE(pj_execute_options, task_count, PJRT_ExecuteOptions, num_tasks);
  PLACE(pj_execute_options, tasks, PJRT_ExecuteOptions, task_ids);
  PLACE(pj_execute_options, incarnations, PJRT_ExecuteOptions, incarnation_ids);
  TABLE(pj_loaded_executable_execute_args, PJRT_LoadedExecutable_Execute_Args);
#define EXECUTE(ours, theirs) \
  PLACE(pj_loaded_executable_execute_args, ours, PJRT_LoadedExecutable_Execute_Args, theirs)
  EXECUTE(executable, executable);
  EXECUTE(options, options);
  EXECUTE(arguments, argument_lists);
  EXECUTE(device_count, num_devices);
  EXECUTE(argument_count, num_args);
  EXECUTE(results, output_lists);
  EXECUTE(done, device_complete_events);
  EXECUTE(device, execute_device);
}

static void buffers(void) {
  TABLE(pj_buffer_destroy_args, PJRT_Buffer_Destroy_Args);
  PLACE(pj_buffer_destroy_args, buffer, PJRT_Buffer_Destroy_Args, buffer);
  TABLE(pj_client_buffer_from_host_buffer_args, PJRT_Client_BufferFromHostBuffer_Args);
#define FROM_HOST(ours, theirs) \
  PLACE(pj_client_buffer_from_host_buffer_args, ours, PJRT_Client_BufferFromHostBuffer_Args, theirs)
  FROM_HOST(client, client);
  FROM_HOST(data, data);
  FROM_HOST(type, type);
  FROM_HOST(dimensions, dims);
  FROM_HOST(dimension_count, num_dims);
  FROM_HOST(byte_strides, byte_strides);
  FROM_HOST(byte_stride_count, num_byte_strides);
  FROM_HOST(semantics, host_buffer_semantics);
  FROM_HOST(device, device);
  FROM_HOST(memory, memory);
  FROM_HOST(device_layout, device_layout);
  FROM_HOST(done_with_host_buffer, done_with_host_buffer);
  FROM_HOST(buffer, buffer);
  TABLE(pj_tiled_layout, PJRT_Buffer_MemoryLayout_Tiled);
  PLACE(pj_tiled_layout, minor_to_major, PJRT_Buffer_MemoryLayout_Tiled, minor_to_major);
  PLACE(pj_tiled_layout, dimension_count, PJRT_Buffer_MemoryLayout_Tiled, minor_to_major_size);
  PLACE(pj_tiled_layout, tile_dimensions, PJRT_Buffer_MemoryLayout_Tiled, tile_dims);
  PLACE(pj_tiled_layout, tile_dimension_counts, PJRT_Buffer_MemoryLayout_Tiled, tile_dim_sizes);
  PLACE(pj_tiled_layout, tile_count, PJRT_Buffer_MemoryLayout_Tiled, num_tiles);
  TABLE(pj_memory_layout, PJRT_Buffer_MemoryLayout);
  PLACE(pj_memory_layout, tiled, PJRT_Buffer_MemoryLayout, tiled);
  PLACE(pj_memory_layout, strides, PJRT_Buffer_MemoryLayout, strides);
  PLACE(pj_memory_layout, type, PJRT_Buffer_MemoryLayout, type);
  TABLE(pj_buffer_to_host_buffer_args, PJRT_Buffer_ToHostBuffer_Args);
#define TO_HOST(ours, theirs) \
  PLACE(pj_buffer_to_host_buffer_args, ours, PJRT_Buffer_ToHostBuffer_Args, theirs)
  TO_HOST(buffer, src);
  TO_HOST(host_layout, host_layout);
  TO_HOST(destination, dst);
  TO_HOST(destination_size, dst_size);
  TO_HOST(done, event);
}

int main(void) {
  functions();
  values();
  errors_and_events();
  plugins_and_clients();
  devices();
  programs();
  buffers();
  printf("%d compared, %d differ\n", compared, differences);
  return differences != 0;
}
