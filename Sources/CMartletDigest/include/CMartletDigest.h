// SHA-256's compression function in assembly, one function an instruction set and number of
// streams, and which of them this processor has.
//
// A state is eight words in the processor's byte order; an input is `blocks` times 64 bytes at any
// alignment, nothing is read beyond them. States and inputs of different streams do not overlap.

#ifndef C_MARTLET_DIGEST_H
#define C_MARTLET_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && !defined(_WIN32)

// One stream.
void martlet_sha256_shani(uint32_t *state, const uint8_t *input, size_t blocks);
void martlet_sha256_avx2(uint32_t *state, const uint8_t *input, size_t blocks);
void martlet_sha256_avx(uint32_t *state, const uint8_t *input, size_t blocks);
void martlet_sha256_ssse3(uint32_t *state, const uint8_t *input, size_t blocks);

// Two, four or eight streams of equal length.
void martlet_sha256_shani_x2(uint32_t *const *states, const uint8_t *const *inputs, size_t blocks);
void martlet_sha256_shani_x4(uint32_t *const *states, const uint8_t *const *inputs, size_t blocks);
void martlet_sha256_avx2_x8(uint32_t *const *states, const uint8_t *const *inputs, size_t blocks);

#endif

#endif
