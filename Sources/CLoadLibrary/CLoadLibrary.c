#include "CLoadLibrary.h"

#include <dlfcn.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Opens FOLDER/NAME; NULL if it is not there or is no library.
static void *open_in(const char *folder, const char *name) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof path, "%s/%s", folder, name);
  return length < (int)sizeof path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

// Opens the library of the package that this program was installed from.
static void *open_own(const char *name) {
  char program[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - sizeof "/../lib/simtrain");
  if (length <= 0) return NULL;
  program[length] = 0;
  char *slash = strrchr(program, '/');
  if (slash == NULL) return NULL;
  strcpy(slash, "/../lib/simtrain");
  return open_in(program, name);
}

// By full paths only: a bare name would be looked for in LD_LIBRARY_PATH, an empty item of which
// means the working directory.
void *cll_open(const char *name) {
  static const char *const folders[] = {
      "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
      "/usr/local/lib",
  };
  void *library = open_own(name);
  for (size_t i = 0; library == NULL && i < sizeof folders / sizeof *folders; i++)
    library = open_in(folders[i], name);
  return library;
}
