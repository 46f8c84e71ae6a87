// SHA-256 with the SHA extensions, two streams at once (SHA, SSSE3, SSE4.1).
//
// One stream leaves half of the unit idle while it waits for itself; two fill it.

#include "../Assembly.h"

#if defined(__x86_64__) && !defined(_WIN32)
  .intel_syntax noprefix

#define MASK xmm15

// Four rounds of both streams; see SHANI.S.
.macro ROUNDS4 i, nowA, nextA, lastA, nowB, nextB, lastB
  movdqa xmm0, \nowA
  paddd xmm0, xmmword ptr [rax + 16 * \i]
  sha256rnds2 xmm2, xmm1
  pshufd xmm13, xmm0, 0x0e
  movdqa xmm0, \nowB
  paddd xmm0, xmmword ptr [rax + 16 * \i]
  sha256rnds2 xmm4, xmm3
  pshufd xmm14, xmm0, 0x0e
  movdqa xmm0, xmm13
  sha256rnds2 xmm1, xmm2
  .if \i >= 3 && \i < 15
  movdqa xmm13, \nowA
  palignr xmm13, \lastA, 4
  paddd \nextA, xmm13
  sha256msg2 \nextA, \nowA
  .endif
  movdqa xmm0, xmm14
  sha256rnds2 xmm3, xmm4
  .if \i >= 3 && \i < 15
  movdqa xmm14, \nowB
  palignr xmm14, \lastB, 4
  paddd \nextB, xmm14
  sha256msg2 \nextB, \nowB
  .endif
  .if \i >= 1 && \i < 13
  sha256msg1 \lastA, \nowA
  sha256msg1 \lastB, \nowB
  .endif
.endm

.macro LOAD_STATE pointer, abef, cdgh
  movdqu \abef, xmmword ptr [\pointer]
  movdqu \cdgh, xmmword ptr [\pointer + 16]
  pshufd \abef, \abef, 0xb1
  pshufd \cdgh, \cdgh, 0x1b
  movdqa xmm0, \abef
  palignr \abef, \cdgh, 8
  pblendw \cdgh, xmm0, 0xf0
.endm

.macro STORE_STATE pointer, abef, cdgh
  pshufd \abef, \abef, 0x1b
  pshufd \cdgh, \cdgh, 0xb1
  movdqa xmm0, \abef
  pblendw \abef, \cdgh, 0xf0
  palignr \cdgh, xmm0, 8
  movdqu xmmword ptr [\pointer], \abef
  movdqu xmmword ptr [\pointer + 16], \cdgh
.endm

// void martlet_sha256_shani_x2(uint32_t *const states[2], const uint8_t *const inputs[2],
//                              size_t blocks)
FUNCTION(martlet_sha256_shani_x2)
  .cfi_startproc
  test rdx, rdx
  jz 2f
  sub rsp, 72
  .cfi_adjust_cfa_offset 72
  lea rax, [rip + K256]
  movdqa MASK, xmmword ptr [rip + BYTE_SWAP]
  mov r8, qword ptr [rdi]
  mov r9, qword ptr [rdi + 8]
  mov r10, qword ptr [rsi]
  mov r11, qword ptr [rsi + 8]
  LOAD_STATE r8, xmm1, xmm2
  LOAD_STATE r9, xmm3, xmm4

  .p2align 5
1:
  movdqu xmm5, xmmword ptr [r10]
  movdqu xmm9, xmmword ptr [r11]
  movdqu xmm6, xmmword ptr [r10 + 16]
  movdqu xmm10, xmmword ptr [r11 + 16]
  movdqu xmm7, xmmword ptr [r10 + 32]
  movdqu xmm11, xmmword ptr [r11 + 32]
  movdqu xmm8, xmmword ptr [r10 + 48]
  movdqu xmm12, xmmword ptr [r11 + 48]
  movdqa xmmword ptr [rsp], xmm1
  movdqa xmmword ptr [rsp + 16], xmm2
  movdqa xmmword ptr [rsp + 32], xmm3
  movdqa xmmword ptr [rsp + 48], xmm4
  add r10, 64
  add r11, 64
  .irp i, 5, 9, 6, 10, 7, 11, 8, 12
  pshufb xmm\i, MASK
  .endr
  .irp i, 0, 4, 8, 12
  ROUNDS4 (\i + 0), xmm5, xmm6, xmm8, xmm9, xmm10, xmm12
  ROUNDS4 (\i + 1), xmm6, xmm7, xmm5, xmm10, xmm11, xmm9
  ROUNDS4 (\i + 2), xmm7, xmm8, xmm6, xmm11, xmm12, xmm10
  ROUNDS4 (\i + 3), xmm8, xmm5, xmm7, xmm12, xmm9, xmm11
  .endr
  paddd xmm1, xmmword ptr [rsp]
  paddd xmm2, xmmword ptr [rsp + 16]
  paddd xmm3, xmmword ptr [rsp + 32]
  paddd xmm4, xmmword ptr [rsp + 48]
  dec rdx
  jnz 1b

  STORE_STATE r8, xmm1, xmm2
  STORE_STATE r9, xmm3, xmm4
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
  pxor xmm\i, xmm\i
  .endr
  .irp i, 0, 16, 32, 48
  movdqa xmmword ptr [rsp + \i], xmm0
  .endr
  add rsp, 72
  .cfi_adjust_cfa_offset -72
2:
  ret
  .cfi_endproc
  SIZE(martlet_sha256_shani_x2)

  READ_ONLY
  .p2align 4
1:
  .long 0x36363636, 0x36363636, 0x36363636, 0x36363636
  .long 0x5c5c5c5c, 0x5c5c5c5c, 0x5c5c5c5c, 0x5c5c5c5c

// void martlet_sha256_shani_pads(uint32_t states[16], const uint8_t key[64])
//
// The states behind HMAC's inner and outer pad (RFC 2104, 2), side by side.
FUNCTION(martlet_sha256_shani_pads)
  .cfi_startproc
  sub rsp, 72
  .cfi_adjust_cfa_offset 72
  lea r9, [rip + 1b]
  lea r8, [rip + INITIAL]
  lea rax, [rip + K256]
  movdqa MASK, xmmword ptr [rip + BYTE_SWAP]
  movdqu xmm5, xmmword ptr [rsi]
  movdqu xmm6, xmmword ptr [rsi + 16]
  movdqu xmm7, xmmword ptr [rsi + 32]
  movdqu xmm8, xmmword ptr [rsi + 48]
  movdqa xmm13, xmmword ptr [r9]
  movdqa xmm14, xmmword ptr [r9 + 16]
  .irp i, 5, 6, 7, 8
  pshufb xmm\i, MASK
  .endr
  movdqa xmm9, xmm5
  movdqa xmm10, xmm6
  movdqa xmm11, xmm7
  movdqa xmm12, xmm8
  .irp i, 5, 6, 7, 8
  pxor xmm\i, xmm13
  .endr
  .irp i, 9, 10, 11, 12
  pxor xmm\i, xmm14
  .endr
  LOAD_STATE r8, xmm1, xmm2
  movdqa xmm3, xmm1
  movdqa xmm4, xmm2
  movdqa xmmword ptr [rsp], xmm1
  movdqa xmmword ptr [rsp + 16], xmm2
  .irp i, 0, 4, 8, 12
  ROUNDS4 (\i + 0), xmm5, xmm6, xmm8, xmm9, xmm10, xmm12
  ROUNDS4 (\i + 1), xmm6, xmm7, xmm5, xmm10, xmm11, xmm9
  ROUNDS4 (\i + 2), xmm7, xmm8, xmm6, xmm11, xmm12, xmm10
  ROUNDS4 (\i + 3), xmm8, xmm5, xmm7, xmm12, xmm9, xmm11
  .endr
  paddd xmm1, xmmword ptr [rsp]
  paddd xmm2, xmmword ptr [rsp + 16]
  paddd xmm3, xmmword ptr [rsp]
  paddd xmm4, xmmword ptr [rsp + 16]
  add rsp, 72
  .cfi_adjust_cfa_offset -72
  lea r9, [rdi + 32]
  STORE_STATE rdi, xmm1, xmm2
  STORE_STATE r9, xmm3, xmm4
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
  pxor xmm\i, xmm\i
  .endr
  ret
  .cfi_endproc
  SIZE(martlet_sha256_shani_pads)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
