// SHA-256 with the SHA extensions, four streams at once (SHA, SSSE3, SSE4.1).
//
// With four streams the limit is how fast the unit takes instructions, no longer how long each of
// them takes. The states fill half of the registers. Of each message the last four words stay in a
// register, the twelve before them in a ring on the stack: small enough that every load is met by
// the store of a few steps ago, and no chain of the schedule is longer than a step of the rounds.

#include "../Assembly.h"

#if defined(__x86_64__) && !defined(_WIN32)
  .intel_syntax noprefix

// Four words, and a shifted copy of the four before them; the constants of this step.
#define WORDS xmm13
#define SHIFTED xmm14
#define CONSTANTS xmm15

#define SAVED_STATES 256
#define FRAME 392

// Four rounds of one stream. `youngest` holds its last four words and gets the next ones.
.macro ROUNDS4 i, stream, abef, cdgh, youngest, input
  .if \i < 4
  movdqu \youngest, xmmword ptr [\input + 16 * \i]
  pshufb \youngest, xmmword ptr [rip + BYTE_SWAP]
  .else
  movdqa WORDS, xmmword ptr [rsp + 64 * (\i & 3) + 16 * \stream]
  movdqa SHIFTED, \youngest
  sha256msg1 WORDS, xmmword ptr [rsp + 64 * ((\i + 1) & 3) + 16 * \stream]
  palignr SHIFTED, xmmword ptr [rsp + 64 * ((\i + 2) & 3) + 16 * \stream], 4
  paddd WORDS, SHIFTED
  sha256msg2 WORDS, \youngest
  movdqa \youngest, WORDS
  .endif
  movdqa xmm0, CONSTANTS
  paddd xmm0, \youngest
  .if \i < 14
  movdqa xmmword ptr [rsp + 64 * (\i & 3) + 16 * \stream], \youngest
  .endif
  sha256rnds2 \cdgh, \abef
  pshufd xmm0, xmm0, 0x0e
  sha256rnds2 \abef, \cdgh
.endm

.macro LOAD_STATE index, abef, cdgh, input
  mov \input, qword ptr [rdi + 8 * \index]
  movdqu \abef, xmmword ptr [\input]
  movdqu \cdgh, xmmword ptr [\input + 16]
  pshufd \abef, \abef, 0xb1
  pshufd \cdgh, \cdgh, 0x1b
  movdqa xmm0, \abef
  palignr \abef, \cdgh, 8
  pblendw \cdgh, xmm0, 0xf0
  movdqa xmmword ptr [rsp + SAVED_STATES + 32 * \index], \abef
  movdqa xmmword ptr [rsp + SAVED_STATES + 32 * \index + 16], \cdgh
  mov \input, qword ptr [rsi + 8 * \index]
.endm

.macro STORE_STATE index, abef, cdgh
  mov rax, qword ptr [rdi + 8 * \index]
  pshufd \abef, \abef, 0x1b
  pshufd \cdgh, \cdgh, 0xb1
  movdqa xmm0, \abef
  pblendw \abef, \cdgh, 0xf0
  palignr \cdgh, xmm0, 8
  movdqu xmmword ptr [rax], \abef
  movdqu xmmword ptr [rax + 16], \cdgh
.endm

// void martlet_sha256_shani_x4(uint32_t *const states[4], const uint8_t *const inputs[4],
//                              size_t blocks)
FUNCTION(martlet_sha256_shani_x4)
  .cfi_startproc
  test rdx, rdx
  jz 2f
  sub rsp, FRAME
  .cfi_adjust_cfa_offset FRAME
  LOAD_STATE 0, xmm1, xmm2, r8
  LOAD_STATE 1, xmm3, xmm4, r9
  LOAD_STATE 2, xmm5, xmm6, r10
  LOAD_STATE 3, xmm7, xmm8, r11

  .p2align 5
1:
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  movdqa CONSTANTS, xmmword ptr [rip + K256 + 16 * \i]
  ROUNDS4 \i, 0, xmm1, xmm2, xmm9, r8
  ROUNDS4 \i, 1, xmm3, xmm4, xmm10, r9
  ROUNDS4 \i, 2, xmm5, xmm6, xmm11, r10
  ROUNDS4 \i, 3, xmm7, xmm8, xmm12, r11
  .endr
  // The state before the block is added, and the sum kept as the state before the next one.
  .irp i, 1, 2, 3, 4, 5, 6, 7, 8
  paddd xmm\i, xmmword ptr [rsp + SAVED_STATES + 16 * (\i - 1)]
  movdqa xmmword ptr [rsp + SAVED_STATES + 16 * (\i - 1)], xmm\i
  .endr
  add r8, 64
  add r9, 64
  add r10, 64
  add r11, 64
  dec rdx
  jnz 1b

  STORE_STATE 0, xmm1, xmm2
  STORE_STATE 1, xmm3, xmm4
  STORE_STATE 2, xmm5, xmm6
  STORE_STATE 3, xmm7, xmm8
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
  pxor xmm\i, xmm\i
  .endr
  .irp i, 0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240
  movdqa xmmword ptr [rsp + \i], xmm0
  .endr
  .irp i, 0, 16, 32, 48, 64, 80, 96, 112
  movdqa xmmword ptr [rsp + SAVED_STATES + \i], xmm0
  .endr
  add rsp, FRAME
  .cfi_adjust_cfa_offset -FRAME
2:
  ret
  .cfi_endproc
  SIZE(martlet_sha256_shani_x4)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
