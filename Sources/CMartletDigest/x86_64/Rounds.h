// What the one-stream files for SSSE3, AVX and AVX2 share: rounds in general registers, with the
// sums of schedule and constants on the stack, and the next four schedule words in between.
//
// The variables a to h stand in eax to r11d (VARIABLES below) and change their roles with each
// round. The majority of (a, b, c) is ((b ^ c) & (a ^ b)) ^ b, and a ^ b is b ^ c of the next round.
// The three rotations of e start together: the chain from e to e is what a round takes. A rotation
// is `ror` or `rorx`; a double shift by the same register is slow on many processors.

.macro ROUND_ROR sum, a, b, c, d, e, f, g, h, bc, ab
  mov r13d, \e
  mov r12d, \e
  mov r15d, \f
  ror r13d, 6
  ror r12d, 11
  add \h, dword ptr [\sum]
  xor r15d, \g
  xor r13d, r12d
  mov r12d, \e
  and r15d, \e
  ror r12d, 25
  xor r15d, \g
  xor r13d, r12d
  add \h, r15d
  mov r12d, \a
  mov \ab, \a
  add \h, r13d
  ror r12d, 9
  xor \ab, \b
  xor r12d, \a
  add \d, \h
  and \bc, \ab
  ror r12d, 11
  xor \bc, \b
  xor r12d, \a
  add \h, \bc
  ror r12d, 2
  add \h, r12d
.endm

.macro ROUND_RORX sum, a, b, c, d, e, f, g, h, bc, ab
  rorx r13d, \e, 6
  rorx r12d, \e, 11
  add \h, dword ptr [\sum]
  andn r15d, \e, \g
  xor r13d, r12d
  rorx r12d, \e, 25
  add \h, r15d
  mov r15d, \f
  xor r13d, r12d
  and r15d, \e
  rorx r12d, \a, 2
  add \h, r15d
  mov \ab, \a
  add \h, r13d
  rorx r13d, \a, 13
  xor \ab, \b
  add \d, \h
  xor r12d, r13d
  and \bc, \ab
  rorx r13d, \a, 22
  xor \bc, \b
  xor r12d, r13d
  add \h, \bc
  add \h, r12d
.endm

// Round `n` of any sixteen: which variable stands where depends on n modulo 8.
.macro ROUND_AT kind, n, sum
  .if (\n & 7) == 0
  ROUND_\kind \sum, eax, ebx, ecx, edx, r8d, r9d, r10d, r11d, edi, r14d
  .elseif (\n & 7) == 1
  ROUND_\kind \sum, r11d, eax, ebx, ecx, edx, r8d, r9d, r10d, r14d, edi
  .elseif (\n & 7) == 2
  ROUND_\kind \sum, r10d, r11d, eax, ebx, ecx, edx, r8d, r9d, edi, r14d
  .elseif (\n & 7) == 3
  ROUND_\kind \sum, r9d, r10d, r11d, eax, ebx, ecx, edx, r8d, r14d, edi
  .elseif (\n & 7) == 4
  ROUND_\kind \sum, r8d, r9d, r10d, r11d, eax, ebx, ecx, edx, edi, r14d
  .elseif (\n & 7) == 5
  ROUND_\kind \sum, edx, r8d, r9d, r10d, r11d, eax, ebx, ecx, r14d, edi
  .elseif (\n & 7) == 6
  ROUND_\kind \sum, ecx, edx, r8d, r9d, r10d, r11d, eax, ebx, edi, r14d
  .else
  ROUND_\kind \sum, ebx, ecx, edx, r8d, r9d, r10d, r11d, eax, r14d, edi
  .endif
.endm

.macro LOAD_VARIABLES state
  mov eax, dword ptr [\state]
  mov ebx, dword ptr [\state + 4]
  mov ecx, dword ptr [\state + 8]
  mov edx, dword ptr [\state + 12]
  mov r8d, dword ptr [\state + 16]
  mov r9d, dword ptr [\state + 20]
  mov r10d, dword ptr [\state + 24]
  mov r11d, dword ptr [\state + 28]
  mov edi, ebx
  xor edi, ecx
.endm

// Adds the state before the block, stores the sum, and is ready for the next block.
.macro FEED_FORWARD state
  add eax, dword ptr [\state]
  add ebx, dword ptr [\state + 4]
  add ecx, dword ptr [\state + 8]
  add edx, dword ptr [\state + 12]
  add r8d, dword ptr [\state + 16]
  add r9d, dword ptr [\state + 20]
  add r10d, dword ptr [\state + 24]
  add r11d, dword ptr [\state + 28]
  mov dword ptr [\state], eax
  mov dword ptr [\state + 4], ebx
  mov dword ptr [\state + 8], ecx
  mov dword ptr [\state + 12], edx
  mov dword ptr [\state + 16], r8d
  mov dword ptr [\state + 20], r9d
  mov dword ptr [\state + 24], r10d
  mov dword ptr [\state + 28], r11d
  mov edi, ebx
  xor edi, ecx
.endm

.macro PUSH_SAVED
  push rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset rbp, 0
  mov rbp, rsp
  .cfi_def_cfa_register rbp
  push rbx
  .cfi_offset rbx, -24
  push r12
  .cfi_offset r12, -32
  push r13
  .cfi_offset r13, -40
  push r14
  .cfi_offset r14, -48
  push r15
  .cfi_offset r15, -56
.endm

.macro POP_SAVED
  lea rsp, [rbp - 40]
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbx
  pop rbp
  .cfi_def_cfa rsp, 8
.endm

// The next four schedule words, in four pieces that stand between rounds. `x0` holds the oldest
// words and gets the new ones; `t0` to `t3` are scratch. Three operands: AVX with xmm, AVX2 with ymm.
.macro SCHEDULE_VEX piece, x0, x1, x2, x3, t0, t1, t2, t3
  .if \piece == 0
  vpalignr \t0, \x1, \x0, 4
  vpalignr \t3, \x3, \x2, 4
  vpsrld \t1, \t0, 7
  vpslld \t2, \t0, 25
  vpaddd \x0, \x0, \t3
  vpxor \t1, \t1, \t2
  .elseif \piece == 1
  vpsrld \t2, \t0, 18
  vpslld \t3, \t0, 14
  vpsrld \t0, \t0, 3
  vpxor \t2, \t2, \t3
  vpxor \t0, \t0, \t1
  vpshufd \t3, \x3, 0xfa
  vpxor \t0, \t0, \t2
  vpsrld \t1, \t3, 10
  vpaddd \x0, \x0, \t0
  .elseif \piece == 2
  // Two words in the halves of a 64-bit lane each: a 64-bit shift rotates them.
  vpsrlq \t2, \t3, 17
  vpsrlq \t3, \t3, 19
  vpxor \t1, \t1, \t2
  vpxor \t1, \t1, \t3
  vpshufd \t1, \t1, 0x88
  vpsrldq \t1, \t1, 8
  vpaddd \x0, \x0, \t1
  .else
  vpshufd \t3, \x0, 0x50
  vpsrld \t1, \t3, 10
  vpsrlq \t2, \t3, 17
  vpsrlq \t3, \t3, 19
  vpxor \t1, \t1, \t2
  vpxor \t1, \t1, \t3
  vpshufd \t1, \t1, 0x88
  vpslldq \t1, \t1, 8
  vpaddd \x0, \x0, \t1
  .endif
.endm

// The same with two operands, for SSSE3.
.macro SCHEDULE_SSE piece, x0, x1, x2, x3, t0, t1, t2, t3
  .if \piece == 0
  movdqa \t0, \x1
  movdqa \t3, \x3
  palignr \t0, \x0, 4
  palignr \t3, \x2, 4
  movdqa \t1, \t0
  movdqa \t2, \t0
  psrld \t1, 7
  pslld \t2, 25
  paddd \x0, \t3
  pxor \t1, \t2
  .elseif \piece == 1
  movdqa \t2, \t0
  movdqa \t3, \t0
  psrld \t2, 18
  pslld \t3, 14
  psrld \t0, 3
  pxor \t2, \t3
  pxor \t0, \t1
  pshufd \t3, \x3, 0xfa
  pxor \t0, \t2
  movdqa \t1, \t3
  paddd \x0, \t0
  psrld \t1, 10
  .elseif \piece == 2
  psrlq \t3, 17
  pxor \t1, \t3
  psrlq \t3, 2
  pxor \t1, \t3
  pshufd \t1, \t1, 0x88
  psrldq \t1, 8
  paddd \x0, \t1
  .else
  pshufd \t3, \x0, 0x50
  movdqa \t1, \t3
  psrld \t1, 10
  psrlq \t3, 17
  pxor \t1, \t3
  psrlq \t3, 2
  pxor \t1, \t3
  pshufd \t1, \t1, 0x88
  pslldq \t1, 8
  paddd \x0, \t1
  .endif
.endm
