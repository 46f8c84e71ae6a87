#define _GNU_SOURCE
#include "CMartletChecksum.h"

#if defined(__x86_64__)

#include <cpuid.h>

uint64_t martlet_ticks(void) {
  uint32_t low, high;
  // The fence keeps what is measured from running past the clock.
  __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
  return (uint64_t)high << 32 | low;
}

void martlet_spend_cycles(uint64_t count) {
  uint64_t sum = 0;
  for (uint64_t turn = 0; turn < count; turn++) {
    __asm__ volatile(".rept 64\n\tadd $1, %0\n\t.endr" : "+r"(sum));
  }
}

int martlet_has_avx(void) {
  uint32_t eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return 0;
  if (!(ecx & bit_OSXSAVE) || !(ecx & bit_AVX)) return 0;
  __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
  return (eax & 6) == 6;
}

#define FILL_AVX                                                             \
  "vpcmpeqd %%xmm0, %%xmm0, %%xmm0\n\t"                                      \
  "vinsertf128 $1, %%xmm0, %%ymm0, %%ymm0\n\t"                               \
  ".irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"            \
  "vmovaps %%ymm0, %%ymm\\n\n\t"                                             \
  ".endr\n\t"

#define VECTORS                                                                              \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
      "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

void martlet_fill_vectors(int has_avx) {
  if (has_avx) {
    __asm__ volatile(FILL_AVX : : : VECTORS);
  } else {
    __asm__ volatile("pcmpeqd %%xmm0, %%xmm0" : : : VECTORS);
  }
}

void martlet_fill_and_clear_vectors(int has_avx) {
  if (has_avx) __asm__ volatile(FILL_AVX "vzeroupper" : : : VECTORS);
}

#elif defined(__aarch64__)

uint64_t martlet_ticks(void) {
  uint64_t ticks;
  __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
  return ticks;
}

void martlet_spend_cycles(uint64_t count) {
  uint64_t sum = 0;
  for (uint64_t turn = 0; turn < count; turn++) {
    __asm__ volatile(".rept 64\n\tadd %0, %0, #1\n\t.endr" : "+r"(sum));
  }
}

int martlet_has_avx(void) { return 0; }
void martlet_fill_vectors(int has_avx) { (void)has_avx; }
void martlet_fill_and_clear_vectors(int has_avx) { (void)has_avx; }

#endif

#if defined(__linux__)

#include <errno.h>
#include <sched.h>

int martlet_current_processor(void) { return sched_getcpu(); }

int martlet_stay_on(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}

#else

int martlet_current_processor(void) { return -1; }
int martlet_stay_on(int processor) { return 0; }

#endif
