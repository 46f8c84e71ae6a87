// Interrupt entry: from a vector to kernel_interrupt and back.

.text
.code64

// One stub a vector: a frame of the same shape whether the processor pushed an error code or not.
.altmacro
.macro STUB vector
stub_\vector:
  .if (\vector == 8) || (\vector == 10) || (\vector == 11) || (\vector == 12) || (\vector == 13) || (\vector == 14) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
  .else
  pushq $0
  .endif
  pushq $\vector
  jmp interrupt_common
.endm

.macro STUB_ADDRESS vector
  .quad stub_\vector
.endm

.set i, 0
.rept 256
  STUB %i
  .set i, i + 1
.endr

interrupt_common:
  pushq %rax
  pushq %rbx
  pushq %rcx
  pushq %rdx
  pushq %rsi
  pushq %rdi
  pushq %rbp
  pushq %r8
  pushq %r9
  pushq %r10
  pushq %r11
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  cld
  movq %rsp, %rdi
  movq %rsp, %rbp                           // the walk over frame pointers passes through here
  andq $-16, %rsp
  call kernel_interrupt
  movq %rbp, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %r11
  popq %r10
  popq %r9
  popq %r8
  popq %rbp
  popq %rdi
  popq %rsi
  popq %rdx
  popq %rcx
  popq %rbx
  popq %rax
  addq $16, %rsp                            // vector and error code
  iretq

.section .rodata.stubs, "a"
.balign 8
.global interrupt_stubs
interrupt_stubs:
.set i, 0
.rept 256
  STUB_ADDRESS %i
  .set i, i + 1
.endr

.section .note.GNU-stack, "", @progbits
