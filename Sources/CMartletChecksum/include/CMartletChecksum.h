// What the measurements of `martlet sha256 --bench` need beside Swift: the processor's own clock,
// code of known length, and vector registers in a known state.

#ifndef C_MARTLET_CHECKSUM_H
#define C_MARTLET_CHECKSUM_H

#include <stdint.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#endif

/// Ticks of a clock that is cheap to read and runs evenly.
uint64_t martlet_ticks(void);

/// Spends `count` times 64 core cycles: a chain of additions, each waiting for the one before.
void martlet_spend_cycles(uint64_t count);

/// Whether the processor and the system have AVX. Asking may take microseconds: a virtual machine
/// leaves its processor for each CPUID. Ask before anything is timed.
int martlet_has_avx(void);

/// Leaves ones in all 16 vector registers: 256 bits of each with AVX, 128 of one without.
void martlet_fill_vectors(int has_avx);
/// The same, then clears the upper halves again as every function of the digest does.
void martlet_fill_and_clear_vectors(int has_avx);

/// The processor that the calling thread runs on, or -1.
int martlet_current_processor(void);
/// Keeps the calling thread on one processor; 0, or an `errno`.
int martlet_stay_on(int processor);

#endif
