// SHA-256 with the instructions of ARMv8, one stream.

#include "../Assembly.h"

#if defined(__aarch64__)
#if !defined(__APPLE__)
  .arch armv8-a+crypto
#endif

// Four rounds with the words in `now` and their constants in `constants`; `now` becomes the words
// sixteen rounds later, if there are any.
.macro ROUNDS4 i, now, second, third, last, constants
  add v4.4s, \now\().4s, \constants\().4s
  .if \i < 12
  sha256su0 \now\().4s, \second\().4s
  .endif
  mov v5.16b, v0.16b
  sha256h q0, q1, v4.4s
  sha256h2 q1, q5, v4.4s
  .if \i < 12
  sha256su1 \now\().4s, \third\().4s, \last\().4s
  .endif
.endm

// void martlet_sha256_armv8(uint32_t state[8], const uint8_t *input, size_t blocks)
FUNCTION(martlet_sha256_armv8)
  .cfi_startproc
  cbz x2, 2f
#if defined(__APPLE__)
  adrp x3, K256@PAGE
  add x3, x3, K256@PAGEOFF
#else
  adrp x3, K256
  add x3, x3, :lo12:K256
#endif
  ld1 {v0.4s, v1.4s}, [x0]
1:
  mov x4, x3
  mov v2.16b, v0.16b
  mov v3.16b, v1.16b
  ld1 {v16.16b, v17.16b, v18.16b, v19.16b}, [x1], #64
  rev32 v16.16b, v16.16b
  rev32 v17.16b, v17.16b
  rev32 v18.16b, v18.16b
  rev32 v19.16b, v19.16b
  .irp i, 0, 4, 8, 12
  ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [x4], #64
  ROUNDS4 \i, v16, v17, v18, v19, v20
  ROUNDS4 \i, v17, v18, v19, v16, v21
  ROUNDS4 \i, v18, v19, v16, v17, v22
  ROUNDS4 \i, v19, v16, v17, v18, v23
  .endr
  add v0.4s, v0.4s, v2.4s
  add v1.4s, v1.4s, v3.4s
  subs x2, x2, #1
  b.ne 1b
  st1 {v0.4s, v1.4s}, [x0]
  .irp i, 0, 1, 2, 3, 4, 5, 16, 17, 18, 19
  movi v\i\().2d, #0
  .endr
2:
  ret
  .cfi_endproc
  SIZE(martlet_sha256_armv8)

#endif

#if defined(__ELF__)
  .section .note.GNU-stack,"",%progbits
#endif
