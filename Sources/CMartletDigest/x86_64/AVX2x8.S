// SHA-256 with AVX2, eight streams at once: a register holds one variable of all eight.
//
// The limit is the number of vector instructions, about 3,300 for eight blocks. So the majority of
// (a, b, c) reuses what the round before found of (b, c), and schedule words are added from memory.

#include "../Assembly.h"

#if defined(__x86_64__) && !defined(_WIN32)
  .intel_syntax noprefix

#define CONSTANTS rsi

#define SAVED_STATE 512
#define FRAME 768

// ymm10 to ymm13 become words `offset / 4` to `offset / 4 + 3` of the eight runs of bytes that the
// pointers name. Uses ymm8 to ymm13.
.macro LOAD_WORDS4 offset, swaps
  vmovdqu xmm8, xmmword ptr [rax + \offset]
  vinserti128 ymm8, ymm8, xmmword ptr [r10 + \offset], 1
  vmovdqu xmm9, xmmword ptr [rcx + \offset]
  vinserti128 ymm9, ymm9, xmmword ptr [r11 + \offset], 1
  vmovdqu xmm10, xmmword ptr [r8 + \offset]
  vinserti128 ymm10, ymm10, xmmword ptr [rbx + \offset], 1
  vmovdqu xmm11, xmmword ptr [r9 + \offset]
  vinserti128 ymm11, ymm11, xmmword ptr [r12 + \offset], 1
  .if \swaps
  vmovdqa ymm12, ymmword ptr [rip + BYTE_SWAP]
  vpshufb ymm8, ymm8, ymm12
  vpshufb ymm9, ymm9, ymm12
  vpshufb ymm10, ymm10, ymm12
  vpshufb ymm11, ymm11, ymm12
  .endif
  vpunpckldq ymm12, ymm8, ymm9
  vpunpckhdq ymm8, ymm8, ymm9
  vpunpckldq ymm13, ymm10, ymm11
  vpunpckhdq ymm9, ymm10, ymm11
  vpunpcklqdq ymm10, ymm12, ymm13
  vpunpckhqdq ymm11, ymm12, ymm13
  vpunpcklqdq ymm12, ymm8, ymm9
  vpunpckhqdq ymm13, ymm8, ymm9
.endm

// The reverse: writes four variables of eight streams to `offset` behind the pointers.
.macro STORE_WORDS4 offset, a, b, c, d
  vpunpckldq ymm8, \a, \b
  vpunpckhdq ymm9, \a, \b
  vpunpckldq ymm10, \c, \d
  vpunpckhdq ymm11, \c, \d
  vpunpcklqdq ymm12, ymm8, ymm10
  vpunpckhqdq ymm13, ymm8, ymm10
  vpunpcklqdq ymm14, ymm9, ymm11
  vpunpckhqdq ymm15, ymm9, ymm11
  vmovdqu xmmword ptr [rax + \offset], xmm12
  vmovdqu xmmword ptr [rcx + \offset], xmm13
  vmovdqu xmmword ptr [r8 + \offset], xmm14
  vmovdqu xmmword ptr [r9 + \offset], xmm15
  vextracti128 xmmword ptr [r10 + \offset], ymm12, 1
  vextracti128 xmmword ptr [r11 + \offset], ymm13, 1
  vextracti128 xmmword ptr [rbx + \offset], ymm14, 1
  vextracti128 xmmword ptr [r12 + \offset], ymm15, 1
.endm

.macro LOAD_POINTERS array
  mov rax, qword ptr [\array]
  mov rcx, qword ptr [\array + 8]
  mov r8, qword ptr [\array + 16]
  mov r9, qword ptr [\array + 24]
  mov r10, qword ptr [\array + 32]
  mov r11, qword ptr [\array + 40]
  mov rbx, qword ptr [\array + 48]
  mov r12, qword ptr [\array + 56]
.endm

// ymm8 becomes the schedule word of round i, 16 or later; it replaces that of 16 rounds ago.
.macro NEXT_WORD i
  vmovdqa ymm8, ymmword ptr [rsp + 32 * ((\i + 1) & 15)]
  vmovdqa ymm9, ymmword ptr [rsp + 32 * ((\i + 14) & 15)]
  vpsrld ymm10, ymm8, 7
  vpslld ymm11, ymm8, 25
  vpsrld ymm12, ymm8, 18
  vpslld ymm13, ymm8, 14
  vpsrld ymm8, ymm8, 3
  vpxor ymm10, ymm10, ymm11
  vpxor ymm12, ymm12, ymm13
  vpxor ymm8, ymm8, ymm10
  vpxor ymm8, ymm8, ymm12
  vpaddd ymm8, ymm8, ymmword ptr [rsp + 32 * \i]
  vpsrld ymm10, ymm9, 17
  vpslld ymm11, ymm9, 15
  vpsrld ymm12, ymm9, 19
  vpslld ymm13, ymm9, 13
  vpsrld ymm9, ymm9, 10
  vpaddd ymm8, ymm8, ymmword ptr [rsp + 32 * ((\i + 9) & 15)]
  vpxor ymm10, ymm10, ymm11
  vpxor ymm12, ymm12, ymm13
  vpxor ymm9, ymm9, ymm10
  vpxor ymm9, ymm9, ymm12
  vpaddd ymm8, ymm8, ymm9
  vmovdqa ymmword ptr [rsp + 32 * \i], ymm8
.endm

// One round. `bc` holds b ^ c and is used up; `ab` gets a ^ b, which the next round knows as b ^ c.
.macro ROUND i, first, a, b, c, d, e, f, g, h, bc, ab
  .if \first
  vpaddd \h, \h, ymmword ptr [rsp + 32 * \i]
  .else
  NEXT_WORD \i
  vpaddd \h, \h, ymm8
  .endif
  vpbroadcastd ymm9, dword ptr [CONSTANTS + 4 * \i]
  vpsrld ymm10, \e, 6
  vpslld ymm11, \e, 26
  vpsrld ymm12, \e, 11
  vpslld ymm13, \e, 21
  vpaddd \h, \h, ymm9
  vpxor ymm8, \f, \g
  vpxor ymm10, ymm10, ymm11
  vpand ymm8, ymm8, \e
  vpxor ymm12, ymm12, ymm13
  vpsrld ymm11, \e, 25
  vpslld ymm13, \e, 7
  vpxor ymm8, ymm8, \g
  vpxor ymm10, ymm10, ymm12
  vpxor ymm11, ymm11, ymm13
  vpaddd \h, \h, ymm8
  vpxor ymm10, ymm10, ymm11
  vpaddd \h, \h, ymm10
  vpsrld ymm10, \a, 2
  vpslld ymm11, \a, 30
  vpaddd \d, \d, \h
  vpsrld ymm12, \a, 13
  vpslld ymm13, \a, 19
  vpxor \ab, \a, \b
  vpxor ymm10, ymm10, ymm11
  vpand \bc, \bc, \ab
  vpxor ymm12, ymm12, ymm13
  vpsrld ymm11, \a, 22
  vpslld ymm13, \a, 10
  vpxor \bc, \bc, \b
  vpxor ymm10, ymm10, ymm12
  vpxor ymm11, ymm11, ymm13
  vpaddd \h, \h, \bc
  vpxor ymm10, ymm10, ymm11
  vpaddd \h, \h, ymm10
.endm

.macro ROUNDS4_LOW i, first
  ROUND (\i + 0), \first, ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm14, ymm15
  ROUND (\i + 1), \first, ymm7, ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm15, ymm14
  ROUND (\i + 2), \first, ymm6, ymm7, ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm14, ymm15
  ROUND (\i + 3), \first, ymm5, ymm6, ymm7, ymm0, ymm1, ymm2, ymm3, ymm4, ymm15, ymm14
.endm

.macro ROUNDS4_HIGH i, first
  ROUND (\i + 0), \first, ymm4, ymm5, ymm6, ymm7, ymm0, ymm1, ymm2, ymm3, ymm14, ymm15
  ROUND (\i + 1), \first, ymm3, ymm4, ymm5, ymm6, ymm7, ymm0, ymm1, ymm2, ymm15, ymm14
  ROUND (\i + 2), \first, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm0, ymm1, ymm14, ymm15
  ROUND (\i + 3), \first, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm0, ymm15, ymm14
.endm

.macro FIRST_WORDS4 i
  LOAD_WORDS4 (4 * \i), 1
  vmovdqa ymmword ptr [rsp + 32 * \i], ymm10
  vmovdqa ymmword ptr [rsp + 32 * \i + 32], ymm11
  vmovdqa ymmword ptr [rsp + 32 * \i + 64], ymm12
  vmovdqa ymmword ptr [rsp + 32 * \i + 96], ymm13
.endm

// void martlet_sha256_avx2_x8(uint32_t *const states[8], const uint8_t *const inputs[8],
//                             size_t blocks)
FUNCTION(martlet_sha256_avx2_x8)
  .cfi_startproc
  test rdx, rdx
  jz 9f
  push rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset rbp, 0
  mov rbp, rsp
  .cfi_def_cfa_register rbp
  push rbx
  .cfi_offset rbx, -24
  push r12
  .cfi_offset r12, -32
  sub rsp, FRAME
  and rsp, -64

  LOAD_POINTERS rdi
  LOAD_WORDS4 0, 0
  vmovdqa ymm0, ymm10
  vmovdqa ymm1, ymm11
  vmovdqa ymm2, ymm12
  vmovdqa ymm3, ymm13
  LOAD_WORDS4 16, 0
  vmovdqa ymm4, ymm10
  vmovdqa ymm5, ymm11
  vmovdqa ymm6, ymm12
  vmovdqa ymm7, ymm13
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7
  vmovdqa ymmword ptr [rsp + SAVED_STATE + 32 * \i], ymm\i
  .endr
  LOAD_POINTERS rsi

  .p2align 5
1:
  lea CONSTANTS, [rip + K256]
  vpxor ymm14, ymm1, ymm2
  FIRST_WORDS4 0
  ROUNDS4_LOW 0, 1
  FIRST_WORDS4 4
  ROUNDS4_HIGH 4, 1
  FIRST_WORDS4 8
  ROUNDS4_LOW 8, 1
  FIRST_WORDS4 12
  ROUNDS4_HIGH 12, 1
  .irp pointer, rax, rcx, r8, r9, r10, r11, rbx, r12
  add \pointer, 64
  .endr

  .p2align 5
2:
  add CONSTANTS, 64
  ROUNDS4_LOW 0, 0
  ROUNDS4_HIGH 4, 0
  ROUNDS4_LOW 8, 0
  ROUNDS4_HIGH 12, 0
  // The last constant of this turn is that of round 63 when the turns are done.
  cmp dword ptr [CONSTANTS + 60], 0xc67178f2
  jne 2b

  // The state before the block is added, and the sum kept as the state before the next one.
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7
  vpaddd ymm\i, ymm\i, ymmword ptr [rsp + SAVED_STATE + 32 * \i]
  vmovdqa ymmword ptr [rsp + SAVED_STATE + 32 * \i], ymm\i
  .endr
  dec rdx
  jnz 1b

  LOAD_POINTERS rdi
  STORE_WORDS4 0, ymm0, ymm1, ymm2, ymm3
  STORE_WORDS4 16, ymm4, ymm5, ymm6, ymm7
  vzeroall
  mov ecx, FRAME
3:
  vmovdqa ymmword ptr [rsp + rcx - 32], ymm0
  vmovdqa ymmword ptr [rsp + rcx - 64], ymm0
  sub ecx, 64
  jnz 3b
  vzeroupper
  lea rsp, [rbp - 16]
  pop r12
  pop rbx
  pop rbp
  .cfi_def_cfa rsp, 8
9:
  ret
  .cfi_endproc
  SIZE(martlet_sha256_avx2_x8)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
