// SHA-256's compression function in assembly, one function an instruction set and number of
// streams, and which of them this processor has.
//
// A state is eight words in the processor's byte order; an input is `blocks` times 64 bytes at any
// alignment, nothing is read beyond them. States of different streams do not overlap, except those
// whose result nobody wants.
//
// No header of a C library: this builds where there is none.

#ifndef C_MARTLET_DIGEST_H
#define C_MARTLET_DIGEST_H

#include <stddef.h>

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

extern unsigned int martlet_sha256_found_sets;
unsigned int martlet_sha256_find_sets(void);

/// The sets above that this processor has. It is asked once; the answer is always the same, so it
/// does not matter which of several threads writes it down.
static inline unsigned int martlet_sha256_sets(void) {
  const unsigned int found = __atomic_load_n(&martlet_sha256_found_sets, __ATOMIC_RELAXED);
  return found ? found : martlet_sha256_find_sets();
}

// MARK: Compression

// One stream.
void martlet_sha256_shani(unsigned int *state, const unsigned char *input, size_t blocks);
void martlet_sha256_avx2(unsigned int *state, const unsigned char *input, size_t blocks);
void martlet_sha256_avx(unsigned int *state, const unsigned char *input, size_t blocks);
void martlet_sha256_ssse3(unsigned int *state, const unsigned char *input, size_t blocks);
void martlet_sha256_armv8(unsigned int *state, const unsigned char *input, size_t blocks);

// One stream whose end, what was padded, lies elsewhere; from a state (null: the first of all) into
// a state.
void martlet_sha256_shani_message(const unsigned int *start, const unsigned char *input,
                                  size_t blocks, const unsigned char *tail, size_t tail_blocks,
                                  unsigned int *result);
// The same behind HMAC's inner pad, then the digest behind the outer one: `states` are those behind
// the two pads.
void martlet_sha256_shani_hmac(const unsigned int *states, const unsigned char *input,
                               size_t blocks, const unsigned char *tail, size_t tail_blocks,
                               unsigned int *result);
// The states behind HMAC's two pads from a key of 64 bytes.
void martlet_sha256_shani_pads(unsigned int *states, const unsigned char *key);

// Two, four or eight streams of equal length.
void martlet_sha256_shani_x2(unsigned int *const *states, const unsigned char *const *inputs, size_t blocks);
void martlet_sha256_shani_x4(unsigned int *const *states, const unsigned char *const *inputs, size_t blocks);
void martlet_sha256_avx2_x8(unsigned int *const *states, const unsigned char *const *inputs, size_t blocks);

// MARK: Bracket

/// What a kernel does before vector registers are used, and after; null without a bracket.
struct martlet_bracket {
  /// Whether the registers may be used now.
  _Bool (*begin)(void);
  void (*end)(void);
};

/// Written once, at the start. Here, and not in Swift, because looking costs one load.
extern struct martlet_bracket martlet_bracket;

static inline void martlet_bracket_install(_Bool (*begin)(void), void (*end)(void)) {
  martlet_bracket.begin = begin;
  martlet_bracket.end = end;
}

static inline _Bool martlet_bracket_is_installed(void) { return martlet_bracket.begin != 0; }

static inline _Bool martlet_bracket_begin(void) {
  return !martlet_bracket.begin || martlet_bracket.begin();
}

static inline void martlet_bracket_end(void) {
  if (martlet_bracket.end) martlet_bracket.end();
}

// MARK: Memory

/// Zeroes bytes, also where the compiler can see that nobody reads them again.
static inline void martlet_wipe(void *bytes, size_t count) {
  __builtin_memset(bytes, 0, count);
  // The compiler must take it that somebody reads them.
  __asm__ volatile("" : : "r"(bytes) : "memory");
}

#endif
