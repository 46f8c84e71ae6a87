// All sixteen vector registers at once, for the tests of who saves them.

.section .text.vectors, "ax"
.code64
.altmacro

.macro LOAD_WIDE number
  vmovdqu \number * 32(%rdi), %ymm\number
.endm
.macro LOAD number
  movdqu \number * 32(%rdi), %xmm\number
.endm
.macro STORE_WIDE number
  vmovdqu %ymm\number, \number * 32(%rdi)
.endm
.macro STORE number
  movdqu %xmm\number, \number * 32(%rdi)
.endm

.macro ALL action
  .set i, 0
  .rept 16
    \action %i
    .set i, i + 1
  .endr
.endm

.global vector_registers_load
vector_registers_load:
  testl %esi, %esi
  jz 1f
  ALL LOAD_WIDE
  ret
1:ALL LOAD
  ret

.global vector_registers_store
vector_registers_store:
  testl %esi, %esi
  jz 1f
  ALL STORE_WIDE
  ret
1:ALL STORE
  ret

.section .note.GNU-stack, "", @progbits
