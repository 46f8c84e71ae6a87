// SHA-256 with the SHA extensions, one stream (SHA, SSSE3, SSE4.1).
//
// Bound by latency: a block is a chain of 32 sha256rnds2 of 4 cycles each, and everything else fits
// beside it. Two rounds an instruction: it reads the sums of schedule and constants from xmm0.

#include "../Assembly.h"

#if defined(__x86_64__) && !defined(_WIN32)
  .intel_syntax noprefix

#define ABEF xmm1
#define CDGH xmm2
#define TEMP xmm7
#define MASK xmm8

// Four rounds with the words in `now`; `next` becomes the words four rounds later. The words stand
// in a circle: `next` holds those of 12 rounds ago, `last` those of 4 rounds ago.
.macro ROUNDS4 i, now, next, last
  movdqa xmm0, \now
  paddd xmm0, xmmword ptr [rax + 16 * \i]
  sha256rnds2 CDGH, ABEF
  .if \i >= 3 && \i < 15
  movdqa TEMP, \now
  palignr TEMP, \last, 4
  paddd \next, TEMP
  sha256msg2 \next, \now
  .endif
  pshufd xmm0, xmm0, 0x0e
  sha256rnds2 ABEF, CDGH
  .if \i >= 1 && \i < 13
  sha256msg1 \last, \now
  .endif
.endm

// The instructions want the eight variables as (a, b, e, f) and (c, d, g, h).
.macro LOAD_STATE
  movdqu ABEF, xmmword ptr [rdi]
  movdqu CDGH, xmmword ptr [rdi + 16]
  pshufd ABEF, ABEF, 0xb1
  pshufd CDGH, CDGH, 0x1b
  movdqa TEMP, ABEF
  palignr ABEF, CDGH, 8
  pblendw CDGH, TEMP, 0xf0
.endm

// From that order into the usual one.
.macro UNSHUFFLE_STATE
  pshufd ABEF, ABEF, 0x1b
  pshufd CDGH, CDGH, 0xb1
  movdqa TEMP, ABEF
  pblendw ABEF, CDGH, 0xf0
  palignr CDGH, TEMP, 8
.endm

// The 64 rounds of the block whose words are in xmm3 to xmm6.
.macro BLOCK
  movdqa xmm9, ABEF
  movdqa xmm10, CDGH
  .irp i, 0, 4, 8, 12
  ROUNDS4 (\i + 0), xmm3, xmm4, xmm6
  ROUNDS4 (\i + 1), xmm4, xmm5, xmm3
  ROUNDS4 (\i + 2), xmm5, xmm6, xmm4
  ROUNDS4 (\i + 3), xmm6, xmm3, xmm5
  .endr
  paddd ABEF, xmm9
  paddd CDGH, xmm10
.endm

// Adds rdx blocks at rsi, then r8 blocks at rcx, to the state in registers.
.macro BLOCKS
  test rdx, rdx
  jnz 1f
  xchg rdx, r8
  mov rsi, rcx
  test rdx, rdx
  jz 3f
  .p2align 5
1:
  movdqu xmm3, xmmword ptr [rsi]
  movdqu xmm4, xmmword ptr [rsi + 16]
  movdqu xmm5, xmmword ptr [rsi + 32]
  movdqu xmm6, xmmword ptr [rsi + 48]
  add rsi, 64
  pshufb xmm3, MASK
  pshufb xmm4, MASK
  pshufb xmm5, MASK
  pshufb xmm6, MASK
  BLOCK
  dec rdx
  jnz 1b
  // The end of the message lies elsewhere; the state stays where it is.
  xchg rdx, r8
  mov rsi, rcx
  test rdx, rdx
  jnz 1b
3:
.endm

.macro WIPE
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10
  pxor xmm\i, xmm\i
  .endr
.endm

// void martlet_sha256_shani(uint32_t state[8], const uint8_t *input, size_t blocks)
FUNCTION(martlet_sha256_shani)
  .cfi_startproc
  xor r8d, r8d
  mov r9, rdi
  jmp SYMBOL(martlet_sha256_shani_message)
  .cfi_endproc
  SIZE(martlet_sha256_shani)

// void martlet_sha256_shani_message(const uint32_t start[8], const uint8_t *input, size_t blocks,
//                                   const uint8_t *tail, size_t tail_blocks, uint32_t result[8])
//
// Without `start` it begins with the first state of all.
FUNCTION(martlet_sha256_shani_message)
  .cfi_startproc
  lea r10, [rip + INITIAL]
  test rdi, rdi
  cmovz rdi, r10
  lea rax, [rip + K256]
  movdqa MASK, xmmword ptr [rip + BYTE_SWAP]
  LOAD_STATE
  BLOCKS
  UNSHUFFLE_STATE
  movdqu xmmword ptr [r9], ABEF
  movdqu xmmword ptr [r9 + 16], CDGH
  WIPE
  ret
  .cfi_endproc
  SIZE(martlet_sha256_shani_message)

// What follows a digest in the block that is hashed behind HMAC's outer pad: 96 bytes in all.
  READ_ONLY
  .p2align 4
1:
  .long 0x80000000, 0, 0, 0, 0, 0, 0, 768

// void martlet_sha256_shani_hmac(const uint32_t states[16], const uint8_t *input, size_t blocks,
//                                const uint8_t *tail, size_t tail_blocks, uint32_t result[8])
//
// The digest of the message never leaves the registers: its words are the next block.
FUNCTION(martlet_sha256_shani_hmac)
  .cfi_startproc
  lea r10, [rip + 1b]
  lea rax, [rip + K256]
  movdqa MASK, xmmword ptr [rip + BYTE_SWAP]
  LOAD_STATE
  BLOCKS
  UNSHUFFLE_STATE
  movdqa xmm3, ABEF
  movdqa xmm4, CDGH
  movdqa xmm5, xmmword ptr [r10]
  movdqa xmm6, xmmword ptr [r10 + 16]
  add rdi, 32
  LOAD_STATE
  BLOCK
  UNSHUFFLE_STATE
  movdqu xmmword ptr [r9], ABEF
  movdqu xmmword ptr [r9 + 16], CDGH
  WIPE
  ret
  .cfi_endproc
  SIZE(martlet_sha256_shani_hmac)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
