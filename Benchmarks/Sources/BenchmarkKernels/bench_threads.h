#ifndef SIMTRAIN_BENCH_THREADS_H
#define SIMTRAIN_BENCH_THREADS_H

/// Runs `work(context, 0)` here and, with two threads, `work(context, 1)` on another, each pinned to
/// a processor of its own. Returns 0, or -1 if there is no second processor or thread.
int bench_on_threads(int threads, void (*work)(void *context, int thread), void *context);

/// Monotonic seconds.
double bench_now(void);

#endif
