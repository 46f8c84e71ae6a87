#include "CMartletDigest.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

uint32_t martlet_sha256_found_sets = 0;

#if defined(__x86_64__) && !defined(_WIN32)

/// The parts of the register file that the operating system saves and lets programs use.
static uint32_t enabled_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static uint32_t find_sets(void) {
  uint32_t eax, ebx, ecx, edx, found = 0;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return 0;
  const uint32_t basic = ecx;
  uint32_t extended = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) extended = ebx;

  const int has_ssse3 = (basic & bit_SSSE3) != 0;
  if (has_ssse3) found |= MARTLET_SHA256_SSSE3;
  if (has_ssse3 && (basic & bit_SSE4_1) && (extended & bit_SHA)) found |= MARTLET_SHA256_SHA_NI;
  // AVX needs more than the processor: its registers must be saved at a switch of threads.
  if ((basic & bit_OSXSAVE) && (basic & bit_AVX) && (enabled_state() & 6) == 6) {
    found |= MARTLET_SHA256_AVX;
    if ((extended & bit_AVX2) && (extended & bit_BMI) && (extended & bit_BMI2)) {
      found |= MARTLET_SHA256_AVX2;
    }
  }
  return found;
}

#elif defined(__aarch64__)

static uint32_t find_sets(void) {
#if defined(__APPLE__)
  return MARTLET_SHA256_ARMV8;
#elif defined(__linux__)
  return (getauxval(AT_HWCAP) & (1u << 6)) ? MARTLET_SHA256_ARMV8 : 0;  // HWCAP_SHA2
#else
  // Without an operating system: ID_AA64ISAR0_EL1 may be read, by privileged code only.
  return 0;
#endif
}

#else

static uint32_t find_sets(void) { return 0; }

#endif

uint32_t martlet_sha256_find_sets(void) {
  const uint32_t found = find_sets() | MARTLET_SHA256_KNOWN;
  __atomic_store_n(&martlet_sha256_found_sets, found, __ATOMIC_RELAXED);
  return found;
}

void martlet_wipe(void *bytes, size_t count) {
  __builtin_memset(bytes, 0, count);
  // The compiler must take it that somebody reads them.
  __asm__ volatile("" : : "r"(bytes) : "memory");
}
