import CPlatform

/// Every interrupt and exception arrives here, on the stack of whoever was interrupted.
@c(kernel_interrupt)
func kernelInterrupt(_ frame: UnsafeMutablePointer<interrupt_frame>) {
  let vector = unsafe frame.pointee.vector
  guard vector >= 32 else {
    unsafe Panic.stop(
      "panic: \(exceptionName(vector)), error \(hex: frame.pointee.error), at \(hex: frame.pointee.rip), address \(hex: cr2_read())",
      frame: frame.pointee)
  }
}
