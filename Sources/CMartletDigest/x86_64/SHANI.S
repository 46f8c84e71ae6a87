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

// void martlet_sha256_shani(uint32_t state[8], const uint8_t *input, size_t blocks)
FUNCTION(martlet_sha256_shani)
  .cfi_startproc
  test rdx, rdx
  jz 2f
  lea rax, [rip + K256]
  movdqa MASK, xmmword ptr [rip + BYTE_SWAP]
  // The instructions want the eight variables as (a, b, e, f) and (c, d, g, h).
  movdqu ABEF, xmmword ptr [rdi]
  movdqu CDGH, xmmword ptr [rdi + 16]
  pshufd ABEF, ABEF, 0xb1
  pshufd CDGH, CDGH, 0x1b
  movdqa TEMP, ABEF
  palignr ABEF, CDGH, 8
  pblendw CDGH, TEMP, 0xf0

  .p2align 5
1:
  movdqa xmm9, ABEF
  movdqa xmm10, CDGH
  movdqu xmm3, xmmword ptr [rsi]
  movdqu xmm4, xmmword ptr [rsi + 16]
  movdqu xmm5, xmmword ptr [rsi + 32]
  movdqu xmm6, xmmword ptr [rsi + 48]
  add rsi, 64
  pshufb xmm3, MASK
  pshufb xmm4, MASK
  pshufb xmm5, MASK
  pshufb xmm6, MASK
  .irp i, 0, 4, 8, 12
  ROUNDS4 (\i + 0), xmm3, xmm4, xmm6
  ROUNDS4 (\i + 1), xmm4, xmm5, xmm3
  ROUNDS4 (\i + 2), xmm5, xmm6, xmm4
  ROUNDS4 (\i + 3), xmm6, xmm3, xmm5
  .endr
  paddd ABEF, xmm9
  paddd CDGH, xmm10
  dec rdx
  jnz 1b

  pshufd ABEF, ABEF, 0x1b
  pshufd CDGH, CDGH, 0xb1
  movdqa TEMP, ABEF
  pblendw ABEF, CDGH, 0xf0
  palignr CDGH, TEMP, 8
  movdqu xmmword ptr [rdi], ABEF
  movdqu xmmword ptr [rdi + 16], CDGH
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10
  pxor xmm\i, xmm\i
  .endr
2:
  ret
  .cfi_endproc
  SIZE(martlet_sha256_shani)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
