/// The name of a processor exception (Intel SDM volume 3, table 6-1).
func exceptionName(_ vector: UInt64) -> StaticString {
  switch vector {
  case 0: "divide error"
  case 1: "debug"
  case 2: "non-maskable interrupt"
  case 3: "breakpoint"
  case 4: "overflow"
  case 5: "bound range exceeded"
  // Swift's own traps are `ud2`.
  case 6: "invalid opcode (a failed precondition)"
  // What Vectors.swift makes of it.
  case 7: "device not available (vector registers that the thread has not asked for)"
  case 8: "double fault (a stack overflow, most likely)"
  case 10: "invalid TSS"
  case 11: "segment not present"
  case 12: "stack-segment fault"
  case 13: "general protection fault"
  case 14: "page fault"
  case 16: "x87 floating-point error"
  case 17: "alignment check"
  case 18: "machine check"
  case 19: "SIMD floating-point error"
  case 20: "virtualization exception"
  case 21: "control protection exception"
  default: "reserved exception"
  }
}
