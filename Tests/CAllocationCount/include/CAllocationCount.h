#ifndef C_ALLOCATION_COUNT_H
#define C_ALLOCATION_COUNT_H

#include <stdint.h>

/// How often this thread has asked for heap memory; always 0 where that is not counted.
uint64_t allocation_count(void);
/// Whether allocations are counted: with glibc, and without a sanitizer, which has its own heap.
int allocations_are_counted(void);

#endif
