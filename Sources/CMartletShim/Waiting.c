#define _GNU_SOURCE

#include "martlet_shim.h"

#include <time.h>

int martlet_wait_any(struct pollfd *entries, nfds_t count, int64_t microseconds) {
  if (microseconds < 0) return ppoll(entries, count, NULL, NULL);
  struct timespec time = {
      .tv_sec = microseconds / 1000000,
      .tv_nsec = microseconds % 1000000 * 1000,
  };
  return ppoll(entries, count, &time, NULL);
}
