/* What libmartlet needs of C. Not for programs. */
#ifndef MARTLET_SHIM_H
#define MARTLET_SHIM_H

#include "martlet.h"

int martlet_fcntl_value(int socket, int command, long value);
int martlet_ioctl_value(int socket, unsigned long request, void *value);

/* Waits up to `microseconds` (negative: for ever) for one of many descriptors. */
int martlet_wait_any(struct pollfd *entries, nfds_t count, int64_t microseconds);

/* The stack that the calling thread has chosen by martlet_use; NULL: none. */
struct martlet *martlet_thread_stack(void);
void martlet_thread_set_stack(struct martlet *stack);

#endif
