import CPlatform

/// Every interrupt and exception arrives here, on the stack of whoever was interrupted.
@c(kernel_interrupt)
func kernelInterrupt(_ frame: UnsafeMutablePointer<interrupt_frame>) {
  let vector = unsafe frame.pointee.vector
  guard vector >= 32 else {
    let (error, address) = unsafe (frame.pointee.error, frame.pointee.rip)
    unsafe Panic.stop(
      "panic: \(exceptionName(vector)), error \(hex: error), at \(hex: address), address \(hex: cr2_read())",
      frame: frame.pointee)
  }
  Interrupts.handle(vector)
  Scheduler.preemptIfDue()
}
