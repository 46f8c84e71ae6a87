#include "martlet_shim.h"

static _Thread_local struct martlet *current;

struct martlet *martlet_thread_stack(void) { return current; }

void martlet_thread_set_stack(struct martlet *stack) { current = stack; }
