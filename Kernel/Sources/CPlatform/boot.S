// From the loader to Swift: 32-bit protected mode in, 64-bit long mode with an identity map out.
//
// Both loaders enter with paging off and EBX pointing to their information; EAX tells them apart.

.set MULTIBOOT2_MAGIC, 0xE85250D6
.set COM1, 0x3F8

.section .multiboot2, "a"
.balign 8
multiboot2_header:
  .long MULTIBOOT2_MAGIC
  .long 0                                   // i386, protected mode
  .long multiboot2_end - multiboot2_header
  .long -(MULTIBOOT2_MAGIC + (multiboot2_end - multiboot2_header))
  .short 0, 0                               // the end tag
  .long 8
multiboot2_end:

.section .note.Xen, "a", @note
.balign 4
  .long 4                                   // length of the name
  .long 4                                   // length of the entry's address
  .long 18                                  // XEN_ELFNOTE_PHYS32_ENTRY
  .asciz "Xen"
  .long _start32

.section .bss.boot_tables, "aw", @nobits
.balign 4096
boot_pml4:      .skip 4096
boot_pdpt:      .skip 4096
boot_pds:       .skip 4 * 4096

.section .text.boot, "ax"
.code32
.global _start32
_start32:
  cli
  cld
  movl %eax, %ebp                           // kept until kernel_main's arguments are set
  movl %ebx, %edi
  movl $image_boot_stack_top, %esp

  // Long mode and no-execute are not optional: say so instead of a triple fault.
  movl $0x80000000, %eax
  pushl %edi
  cpuid
  cmpl $0x80000001, %eax
  jb unsupported
  movl $0x80000001, %eax
  cpuid
  popl %edi
  andl $(1 << 29 | 1 << 20), %edx
  cmpl $(1 << 29 | 1 << 20), %edx
  jne unsupported

  // 4 GiB of identity map in 2 MiB pages: enough to reach memory, ACPI tables and card registers
  // until PageTables.swift builds the lasting map.
  movl $boot_pdpt, %eax
  orl $3, %eax
  movl %eax, boot_pml4
  xorl %ecx, %ecx
1:movl %ecx, %eax
  shll $12, %eax
  addl $boot_pds, %eax
  orl $3, %eax
  movl %eax, boot_pdpt(, %ecx, 8)
  incl %ecx
  cmpl $4, %ecx
  jne 1b
  xorl %ecx, %ecx
2:movl %ecx, %eax
  shll $21, %eax
  orl $0x83, %eax
  movl %eax, boot_pds(, %ecx, 8)
  incl %ecx
  cmpl $2048, %ecx
  jne 2b

  movl $boot_pml4, %eax
  movl %eax, %cr3
  movl %cr4, %eax
  orl $(1 << 5), %eax                       // PAE
  movl %eax, %cr4
  movl $0xC0000080, %ecx                    // EFER: long mode, no-execute
  rdmsr
  orl $(1 << 8 | 1 << 11), %eax
  wrmsr
  movl %cr0, %eax
  orl $(1 << 31 | 1 << 16 | 1), %eax        // paging, write protection also for us, protection
  movl %eax, %cr0
  lgdt boot_gdt_pointer
  ljmp $8, $_start64

unsupported:
  movl $unsupported_text, %esi
3:lodsb
  testb %al, %al
  jz 5f
  movb %al, %ah
  movw $COM1 + 5, %dx
4:inb %dx, %al
  testb $0x20, %al
  jz 4b
  movb %ah, %al
  movw $COM1, %dx
  outb %al, %dx
  jmp 3b
5:hlt
  jmp 5b

.code64
_start64:
  movw $16, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  xorl %eax, %eax
  movw %ax, %fs
  movw %ax, %gs
  movl %edi, %esi                           // the loader's information
  movl %ebp, %edi                           // the loader's magic
  movq $image_boot_stack_top, %rsp
  xorl %ebp, %ebp                           // where a walk over frame pointers ends
  call kernel_main
6:cli
  hlt
  jmp 6b

.section .rodata.boot, "a"
.balign 8
boot_gdt:
  .quad 0
  .quad 0x00AF9B000000FFFF                  // code, 64-bit, accessed (the page is read-only)
  .quad 0x00CF93000000FFFF                  // data, accessed
boot_gdt_pointer:
  .short boot_gdt_pointer - boot_gdt - 1
  .long boot_gdt
unsupported_text:
  .asciz "martlet: this processor lacks long mode or no-execute pages\r\n"

.section .note.GNU-stack, "", @progbits
