// What the assembly files share: how a function and a table are declared on ELF and on Mach-O.
//
// Every x86-64 function here follows the System V ABI: rbx, rbp and r12 to r15 come back as they
// were, the stack stays aligned, upper halves of ymm registers are zero at return. What a function
// kept in vector registers and on its stack is wiped before it returns: it may be a key.

#ifndef MARTLET_DIGEST_ASSEMBLY_H
#define MARTLET_DIGEST_ASSEMBLY_H

#if defined(__APPLE__)
#define SYMBOL(name) _##name
#define HIDDEN(name) .private_extern _##name
#define TYPE(name)
#define SIZE(name)
#define READ_ONLY .section __TEXT,__const
#else
#define SYMBOL(name) name
#define HIDDEN(name) .hidden name
#define TYPE(name) .type name, %function
#define SIZE(name) .size name, . - name
#define READ_ONLY .section .rodata
#endif

#define FUNCTION(name) \
  .text; .p2align 6; .globl SYMBOL(name); HIDDEN(name); TYPE(name); SYMBOL(name):

// The round constants: the first 32 bits of the fractional parts of the cube roots of the first 64
// primes (FIPS 180-4, 4.2.2).
#define K256 SYMBOL(martlet_sha256_constants)
// The state before the first block (FIPS 180-4, 5.3.3).
#define INITIAL SYMBOL(martlet_sha256_initial)
// The shuffle that swaps the bytes of each 32-bit word, for both halves of a ymm register.
#define BYTE_SWAP SYMBOL(martlet_sha256_byte_swap)

#endif
