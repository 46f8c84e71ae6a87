// What a program needs of Linux and of a C library, for aarch64.

#include <stddef.h>

static long call(long number, long first, long second, long third) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = first;
  register long x1 __asm__("x1") = second;
  register long x2 __asm__("x2") = third;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}

long platform_read(void *bytes, long count) { return call(63, 0, (long)bytes, count); }
long platform_write(const void *bytes, long count) { return call(64, 1, (long)bytes, count); }

static unsigned char memory[1 << 20];
void *platform_memory(void) { return memory; }

extern int run(void);

__attribute__((used)) void start(void) {
  call(93, run(), 0, 0);
  __builtin_trap();
}

__asm__(".globl _start\n_start:\n  mov x29, xzr\n  mov x30, xzr\n  bl start\n");

void *memcpy(void *to, const void *from, size_t count) {
  for (size_t i = 0; i < count; i++) ((volatile char *)to)[i] = ((const char *)from)[i];
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  if (to <= from) return memcpy(to, from, count);
  while (count-- > 0) ((volatile char *)to)[count] = ((const char *)from)[count];
  return to;
}

void *memset(void *to, int value, size_t count) {
  for (size_t i = 0; i < count; i++) ((volatile char *)to)[i] = (char)value;
  return to;
}

// The array form of a batch is in the module, and is not called here.
int posix_memalign(void **where, size_t alignment, size_t size) {
  (void)where, (void)alignment, (void)size;
  return 12;
}

void free(void *where) { (void)where; }
void arc4random_buf(void *where, size_t count) { memset(where, 4, count); }
int putchar(int character) { return character; }
