// What the compiler and Embedded Swift's runtime expect to be linked in.

#include "CPlatform.h"

// By words, then by bytes: where `rep movsb` is slow (old processors, an emulator) it is slow by the
// byte, and where it is fast so is `rep movsq`.

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  void *result = to;
  size_t words = count >> 3, rest = count & 7;
  __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
  return result;
}

void *memmove(void *to, const void *from, size_t count) {
  if ((uintptr_t)to - (uintptr_t)from >= count) return memcpy(to, from, count);
  unsigned char *t = (unsigned char *)to + count - 1;
  const unsigned char *f = (const unsigned char *)from + count - 1;
  __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(t), "+S"(f), "+c"(count) : : "memory");
  return to;
}

void *memset(void *to, int value, size_t count) {
  void *result = to;
  size_t words = count >> 3, rest = count & 7;
  uint64_t pattern = 0x0101010101010101 * (unsigned char)value;
  __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(pattern) : "memory");
  return result;
}

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *p = a, *q = b;
  for (size_t i = 0; i < count; i++)
    if (p[i] != q[i]) return p[i] - q[i];
  return 0;
}

// KernelHeap.swift
uintptr_t kernel_allocate(size_t count, size_t alignment);
void kernel_free(uintptr_t address);

int posix_memalign(void **result, size_t alignment, size_t count) {
  uintptr_t address = kernel_allocate(count, alignment);
  if (address == 0) return 12;  // ENOMEM
  *result = (void *)address;
  return 0;
}

void free(void *pointer) {
  if (pointer) kernel_free((uintptr_t)pointer);
}

// The tables that the processor reads: filled once at boot, one processor's worth.

struct __attribute__((packed)) task_state {
  uint32_t reserved0;
  uint64_t stacks[3];
  uint64_t reserved1;
  uint64_t interrupt_stacks[7];
  uint64_t reserved2;
  uint16_t reserved3, io_map;
};

static struct task_state task_state;
static uint64_t gdt[5] = {0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF, 0, 0};
static struct { uint64_t low, high; } idt[256];
static unsigned char fault_stack[8192] __attribute__((aligned(16)));
extern const uint64_t interrupt_stubs[256];

struct __attribute__((packed)) table_pointer { uint16_t limit; uint64_t base; };

void descriptor_tables_load(void) {
  // A double fault gets a stack of its own: the usual cause is that the thread's has run out.
  task_state.interrupt_stacks[0] = (uintptr_t)fault_stack + sizeof fault_stack;
  task_state.io_map = sizeof task_state;
  uint64_t base = (uintptr_t)&task_state;
  gdt[3] = (sizeof task_state - 1) | (base & 0xFFFFFF) << 16 | 0x89ULL << 40 | (base >> 24 & 0xFF) << 56;
  gdt[4] = base >> 32;
  struct table_pointer gdt_pointer = {sizeof gdt - 1, (uintptr_t)gdt};
  __asm__ volatile("lgdt %0" : : "m"(gdt_pointer));
  __asm__ volatile("ltr %w0" : : "r"(0x18));

  for (int vector = 0; vector < 256; vector++) {
    uint64_t stub = interrupt_stubs[vector];
    uint64_t stack = vector == 8 ? 1 : 0;
    idt[vector].low = (stub & 0xFFFF) | 8ULL << 16 | stack << 32 | 0x8EULL << 40 | (stub >> 16 & 0xFFFF) << 48;
    idt[vector].high = stub >> 32;
  }
  struct table_pointer idt_pointer = {sizeof idt - 1, (uintptr_t)idt};
  __asm__ volatile("lidt %0" : : "m"(idt_pointer));
}

void thread_entry(void);

uint64_t thread_prepare(uintptr_t stack_top) {
  uint64_t *stack = (uint64_t *)stack_top;
  // What is left when thread_entry runs is a multiple of 16, as the ABI has it before a call.
  *--stack = 0;
  *--stack = 0;
  *--stack = (uintptr_t)thread_entry;
  for (int i = 0; i < 6; i++) *--stack = 0;  // RBP, RBX, R12 to R15
  return (uintptr_t)stack;
}
