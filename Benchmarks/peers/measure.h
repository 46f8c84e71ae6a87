// What the peers' programs share: clocks, the application's buffers, one JSON line a figure.

#ifndef MEASURE_H
#define MEASURE_H

#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/// The bytes that an application sends or takes with one call.
enum { chunk = 65536 };

static inline double wall(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

/// Seconds of processor time, user and system.
static inline double processor(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static inline void report(const char *id, double value, const char *unit) {
  printf("{\"id\": \"%s\", \"ours\": %.6g, \"unit\": \"%s\"}\n", id, value, unit);
}

/// A position-dependent byte, for the run that is not timed.
static inline unsigned char pattern(size_t position) {
  return position * 7 + (position >> 8) * 13;
}

#endif
