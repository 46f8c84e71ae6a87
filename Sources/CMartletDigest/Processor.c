#include "CMartletDigest.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

unsigned int martlet_sha256_found_sets = 0;
struct martlet_bracket martlet_bracket = {0, 0};

#if defined(__x86_64__) && !defined(_WIN32)

/// The parts of the register file that the operating system saves and lets programs use.
static unsigned int enabled_state(void) {
  unsigned int low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static unsigned int find_sets(void) {
  unsigned int eax, ebx, ecx, edx, found = 0;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return 0;
  const unsigned int basic = ecx;
  unsigned int extended = 0;
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

static unsigned int find_sets(void) {
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

static unsigned int find_sets(void) { return 0; }

#endif

unsigned int martlet_sha256_find_sets(void) {
  const unsigned int found = find_sets() | MARTLET_SHA256_KNOWN;
  __atomic_store_n(&martlet_sha256_found_sets, found, __ATOMIC_RELAXED);
  return found;
}
