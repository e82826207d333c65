#define _POSIX_C_SOURCE 200809L

#include "CStopSignal.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static atomic_int received;
static atomic_int deferrals;

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
enum { number_count = sizeof numbers / sizeof *numbers };

// Only what is safe in a handler: `write`, `_exit`, `signal`, atomics.
static void handle(int number) {
  if (atomic_load(&deferrals) == 0) {
    static const char sentence[] = "Interrupted before the end; there is no complete result.\n";
    ssize_t written = write(STDERR_FILENO, sentence, sizeof sentence - 1);
    (void)written;
    _exit(128 + number);
  }
  atomic_store(&received, number);
  for (int i = 0; i < number_count; i++) signal(numbers[i], SIG_DFL);
}

static void listen_to(int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) return;
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
  // Whoever started the process may have had the signal blocked.
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, number);
  sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void listen_to_all(int count, char **words, char **environment) {
  (void)count;
  (void)words;
  (void)environment;
  for (int i = 0; i < number_count; i++) listen_to(numbers[i]);
}

// Before the constructors of the libraries: the loader has just finished.
__attribute__((section(".preinit_array"), used)) static void (*const first)(
    int, char **, char **) = listen_to_all;

void stop_signal_defer(void) { atomic_fetch_add(&deferrals, 1); }

void stop_signal_release(void) { atomic_fetch_sub(&deferrals, 1); }

int stop_signal_received(void) { return atomic_load(&received); }
