#define _GNU_SOURCE
#include "bench_threads.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <time.h>

typedef struct {
  void (*work)(void *, int);
  void *context;
} job;

static void *second_thread(void *argument) {
  job *it = argument;
  it->work(it->context, 1);
  return NULL;
}

/// The allowed processor number `index`, as a set; -1 if there are fewer.
static int processor_set(const cpu_set_t *allowed, int index, cpu_set_t *set) {
  for (int processor = 0; processor < CPU_SETSIZE; processor++) {
    if (!CPU_ISSET(processor, allowed) || index-- > 0) continue;
    CPU_ZERO(set);
    CPU_SET(processor, set);
    return 0;
  }
  return -1;
}

int bench_on_threads(int threads, void (*work)(void *context, int thread), void *context) {
  if (threads == 1) {
    work(context, 0);
    return 0;
  }
  cpu_set_t allowed, first, second;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return -1;
  if (processor_set(&allowed, 0, &first) || processor_set(&allowed, 1, &second)) return -1;

  job it = {work, context};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setaffinity_np(&attributes, sizeof second, &second);
  int failed = pthread_create(&thread, &attributes, second_thread, &it);
  pthread_attr_destroy(&attributes);
  if (failed) return -1;
  sched_setaffinity(0, sizeof first, &first);
  work(context, 0);
  pthread_join(thread, NULL);
  sched_setaffinity(0, sizeof allowed, &allowed);
  return 0;
}

double bench_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}
