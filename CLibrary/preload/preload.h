// What the wrappers share.

#ifndef PRELOAD_H
#define PRELOAD_H

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "martlet.h"

/// The function of the C library that a wrapper stands before. A program has it from the first call on.
#define REAL(name)                                              \
  ({                                                            \
    static __typeof__(&name) function;                          \
    if (!function) function = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
    function;                                                   \
  })

/// The same for a function that no header declares.
#define REAL_AS(name, type)                               \
  ({                                                      \
    static type *function;                                \
    if (!function) function = (type *)dlsym(RTLD_NEXT, name); \
    function;                                             \
  })

/// How deep the calling thread is in libmartlet, whose own system calls come by here, too.
extern __thread int depth;

/// A call of libmartlet's.
#define MARTLET(call)                 \
  ({                                  \
    depth++;                          \
    __typeof__(call) outcome = (call); \
    depth--;                          \
    outcome;                          \
  })

/// Whether a number is libmartlet's and the caller is not.
static inline int is_ours(int number) {
  return depth == 0 && number >= 0 && MARTLET(martlet_owns(number));
}

/// Forgets a socket that is being closed.
void forget_epoll(int number);

#endif
