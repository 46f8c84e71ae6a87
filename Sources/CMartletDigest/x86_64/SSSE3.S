// SHA-256 with SSSE3, one stream: rounds in general registers, the message schedule beside them,
// four words at a time.

#include "../Assembly.h"

#if defined(__x86_64__) && !defined(_WIN32)
  .intel_syntax noprefix
#include "Rounds.h"

#define STATE qword ptr [rsp + 64]
#define BLOCKS qword ptr [rsp + 72]
#define CONSTANTS qword ptr [rsp + 80]
#define FRAME 104

// Four rounds; their sums on the stack give way to those of sixteen rounds later.
.macro ROUNDS4 n, x0, x1, x2, x3
  .irp i, 0, 1, 2, 3
  ROUND_AT ROR, (\n + \i), (rsp + 4 * (\n + \i))
  SCHEDULE_SSE \i, \x0, \x1, \x2, \x3, xmm4, xmm5, xmm6, xmm7
  .endr
  mov r12, CONSTANTS
  movdqa xmm4, \x0
  paddd xmm4, xmmword ptr [r12 + 4 * \n]
  movdqa xmmword ptr [rsp + 4 * \n], xmm4
.endm

// void martlet_sha256_ssse3(uint32_t state[8], const uint8_t *input, size_t blocks)
FUNCTION(martlet_sha256_ssse3)
  .cfi_startproc
  test rdx, rdx
  jz 9f
  PUSH_SAVED
  sub rsp, FRAME
  mov STATE, rdi
  mov BLOCKS, rdx
  mov r12, rdi
  LOAD_VARIABLES r12

  .p2align 5
1:
  movdqa xmm4, xmmword ptr [rip + BYTE_SWAP]
  lea r12, [rip + K256]
  .irp i, 0, 1, 2, 3
  movdqu xmm\i, xmmword ptr [rsi + 16 * \i]
  pshufb xmm\i, xmm4
  movdqa xmm5, xmm\i
  paddd xmm5, xmmword ptr [r12 + 16 * \i]
  movdqa xmmword ptr [rsp + 16 * \i], xmm5
  .endr
  add rsi, 64
  .p2align 5
2:
  add r12, 64
  mov CONSTANTS, r12
  ROUNDS4 0, xmm0, xmm1, xmm2, xmm3
  ROUNDS4 4, xmm1, xmm2, xmm3, xmm0
  ROUNDS4 8, xmm2, xmm3, xmm0, xmm1
  ROUNDS4 12, xmm3, xmm0, xmm1, xmm2
  // The last of these constants is that of round 63: the sums of all rounds are there.
  cmp dword ptr [r12 + 60], 0xc67178f2
  jne 2b
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  ROUND_AT ROR, \i, (rsp + 4 * \i)
  .endr
  mov r12, STATE
  FEED_FORWARD r12
  dec BLOCKS
  jnz 1b

  .irp i, 0, 1, 2, 3, 4, 5, 6, 7
  pxor xmm\i, xmm\i
  .endr
  .irp i, 0, 16, 32, 48
  movdqa xmmword ptr [rsp + \i], xmm0
  .endr
  POP_SAVED
9:
  ret
  .cfi_endproc
  SIZE(martlet_sha256_ssse3)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
