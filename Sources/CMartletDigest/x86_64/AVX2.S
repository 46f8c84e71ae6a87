// SHA-256 with AVX2 and BMI2, one stream: two blocks at a time.
//
// The two halves of a register hold the message schedules of two blocks. The schedule runs beside
// the rounds of the first block; the rounds of the second one find their sums on the stack.

#include "../Assembly.h"

#if defined(__x86_64__) && !defined(_WIN32)
  .intel_syntax noprefix
#include "Rounds.h"

// The sums of both blocks fill 512 bytes: four words of the first, four of the second, and so on.
#define STATE qword ptr [rsp + 512]
#define BLOCKS qword ptr [rsp + 520]
#define INPUT qword ptr [rsp + 528]
#define FRAME 608

// Four rounds of the first block, and the sums of both blocks for sixteen rounds later.
.macro ROUNDS4 n, x0, x1, x2, x3
  .irp i, 0, 1, 2, 3
  ROUND_AT RORX, (\n + \i), (rsp + 8 * \n + 4 * \i)
  SCHEDULE_VEX \i, \x0, \x1, \x2, \x3, ymm4, ymm5, ymm6, ymm7
  .endr
  vbroadcasti128 ymm4, xmmword ptr [rip + K256 + 4 * \n + 64]
  vpaddd ymm4, ymm4, \x0
  vmovdqa ymmword ptr [rsp + 8 * \n + 128], ymm4
.endm

// void martlet_sha256_avx2(uint32_t state[8], const uint8_t *input, size_t blocks)
FUNCTION(martlet_sha256_avx2)
  .cfi_startproc
  test rdx, rdx
  jz 9f
  PUSH_SAVED
  sub rsp, FRAME
  and rsp, -64
  mov STATE, rdi
  mov BLOCKS, rdx
  mov r12, rdi
  LOAD_VARIABLES r12
  vmovdqa ymm8, ymmword ptr [rip + BYTE_SWAP]

1:
  // A last block without a partner is its own: its sums are worked out twice and used once.
  mov r13, rsi
  lea r12, [rsi + 64]
  cmp BLOCKS, 1
  cmovne r13, r12
  .irp i, 0, 1, 2, 3
  vmovdqu xmm\i, xmmword ptr [rsi + 16 * \i]
  vinserti128 ymm\i, ymm\i, xmmword ptr [r13 + 16 * \i], 1
  vpshufb ymm\i, ymm\i, ymm8
  vbroadcasti128 ymm4, xmmword ptr [rip + K256 + 16 * \i]
  vpaddd ymm4, ymm4, ymm\i
  vmovdqa ymmword ptr [rsp + 32 * \i], ymm4
  .endr
  .irp i, 0, 16, 32
  ROUNDS4 (\i + 0), ymm0, ymm1, ymm2, ymm3
  ROUNDS4 (\i + 4), ymm1, ymm2, ymm3, ymm0
  ROUNDS4 (\i + 8), ymm2, ymm3, ymm0, ymm1
  ROUNDS4 (\i + 12), ymm3, ymm0, ymm1, ymm2
  .endr
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  ROUND_AT RORX, \i, (rsp + 384 + 32 * (\i / 4) + 4 * (\i & 3))
  .endr
  mov r12, STATE
  FEED_FORWARD r12
  sub BLOCKS, 1
  jz 3f

  // The second block. rsi walks along the sums; the input waits on the stack.
  add rsi, 128
  mov INPUT, rsi
  lea rsi, [rsp + 16]
  .p2align 5
2:
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  ROUND_AT RORX, \i, (rsi + 32 * (\i / 4) + 4 * (\i & 3))
  .endr
  add rsi, 128
  lea r12, [rsp + 528]
  cmp rsi, r12
  jne 2b
  mov rsi, INPUT
  mov r12, STATE
  FEED_FORWARD r12
  sub BLOCKS, 1
  jnz 1b

3:
  vzeroall
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vmovdqa ymmword ptr [rsp + 32 * \i], ymm0
  .endr
  vzeroupper
  POP_SAVED
9:
  ret
  .cfi_endproc
  SIZE(martlet_sha256_avx2)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
