// The switch from one thread's stack to another's.

.section .text.threads, "ax"
.code64

// void context_switch(uintptr_t saved_stack_pointer, uint64_t stack_pointer)
//
// Called with interrupts masked. What the calling convention lets a callee change is already saved
// by the caller; the rest goes onto the old stack.
.global context_switch
context_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret

// Where a new thread's first switch "returns" to.
.global thread_entry
thread_entry:
  xorl %ebp, %ebp
  call kernel_thread_main
  ud2

.section .note.GNU-stack, "", @progbits
