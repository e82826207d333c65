#include "BenchmarkKernels.h"

#include <ck_spin.h>
#include <stdatomic.h>

#include "bench_threads.h"

enum { TRIPS = 20000, WARM_UP = 1000 };

typedef struct {
  _Alignas(128) atomic_int ball;
  _Alignas(128) double seconds;
} court;

/// Thread 0 makes the ball odd, thread 1 makes it even again.
static void play(void *context, int thread) {
  court *it = context;
  double begin = 0;
  for (int trip = 0; trip < WARM_UP + TRIPS; trip++) {
    if (thread == 0 && trip == WARM_UP) begin = bench_now();
    int turn = 2 * trip + thread;
    while (atomic_load_explicit(&it->ball, memory_order_acquire) != turn) ck_spin_hint();
    atomic_store_explicit(&it->ball, turn + 1, memory_order_release);
  }
  if (thread == 0) it->seconds = bench_now() - begin;
}

double bench_round_trip_nanoseconds(void) {
  court it = {0};
  if (bench_on_threads(2, play, &it) != 0) return -1;
  return it.seconds / TRIPS * 1e9;
}
