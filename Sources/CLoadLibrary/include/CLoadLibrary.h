#ifndef SIMTRAIN_CLOADLIBRARY_H
#define SIMTRAIN_CLOADLIBRARY_H

/// Opens the library NAME, such as "libz.so.1", from the package's own folder (../lib/simtrain beside
/// the program) or a system folder, for `dlsym`; NULL if none of them has one that can be loaded.
void *cll_open(const char *name);

#endif
