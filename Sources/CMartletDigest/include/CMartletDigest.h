// SHA-256's compression function in assembly, one function an instruction set and number of
// streams, and which of them this processor has.
//
// A state is eight words in the processor's byte order; an input is `blocks` times 64 bytes at any
// alignment, nothing is read beyond them. States of different streams do not overlap, except those
// whose result nobody wants.

#ifndef C_MARTLET_DIGEST_H
#define C_MARTLET_DIGEST_H

#include <stddef.h>
#include <stdint.h>

// MARK: Instruction sets

#define MARTLET_SHA256_SSSE3 1u
/// AVX, and an operating system that saves its registers.
#define MARTLET_SHA256_AVX 2u
/// AVX2, BMI1 and BMI2 on top.
#define MARTLET_SHA256_AVX2 4u
/// The SHA extensions with SSSE3 and SSE4.1.
#define MARTLET_SHA256_SHA_NI 8u
/// The SHA-256 instructions of ARMv8.
#define MARTLET_SHA256_ARMV8 16u
/// Set once the processor has been asked.
#define MARTLET_SHA256_KNOWN 0x80000000u

extern uint32_t martlet_sha256_found_sets;
uint32_t martlet_sha256_find_sets(void);

/// The sets above that this processor has. It is asked once; the answer is always the same, so it
/// does not matter which of several threads writes it down.
static inline uint32_t martlet_sha256_sets(void) {
  const uint32_t found = __atomic_load_n(&martlet_sha256_found_sets, __ATOMIC_RELAXED);
  return found ? found : martlet_sha256_find_sets();
}

// MARK: Compression

// One stream.
void martlet_sha256_shani(uint32_t *state, const uint8_t *input, size_t blocks);
void martlet_sha256_avx2(uint32_t *state, const uint8_t *input, size_t blocks);
void martlet_sha256_avx(uint32_t *state, const uint8_t *input, size_t blocks);
void martlet_sha256_ssse3(uint32_t *state, const uint8_t *input, size_t blocks);
void martlet_sha256_armv8(uint32_t *state, const uint8_t *input, size_t blocks);

// Two, four or eight streams of equal length.
void martlet_sha256_shani_x2(uint32_t *const *states, const uint8_t *const *inputs, size_t blocks);
void martlet_sha256_shani_x4(uint32_t *const *states, const uint8_t *const *inputs, size_t blocks);
void martlet_sha256_avx2_x8(uint32_t *const *states, const uint8_t *const *inputs, size_t blocks);

// MARK: Memory

/// Zeroes bytes, also where the compiler can see that nobody reads them again.
void martlet_wipe(void *bytes, size_t count);

#endif
