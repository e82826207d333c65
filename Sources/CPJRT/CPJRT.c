#include "CPJRT.h"

#include <dlfcn.h>
#include <stdio.h>

const pj_api *pj_open(const char *path, char *problem, size_t problem_size) {
  // A bare name would be looked for in the library path, so the caller gives a path with a slash.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(problem, problem_size, "it cannot be opened (%s)", reason ? reason : "no reason given");
    return NULL;
  }
  const pj_api *(*get_api)(void) = (const pj_api *(*)(void))dlsym(library, "GetPjrtApi");
  if (get_api == NULL) {
    snprintf(problem, problem_size, "it is a shared library without the function GetPjrtApi");
    dlclose(library);
    return NULL;
  }
  const pj_api *api = get_api();
  if (api == NULL) snprintf(problem, problem_size, "its function GetPjrtApi gives nothing");
  return api;
}
