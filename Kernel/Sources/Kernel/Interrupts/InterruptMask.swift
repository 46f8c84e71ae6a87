import CPlatform

/// Runs `body` with interrupts masked on this processor, and leaves them as they were.
///
/// On one processor this is the kernel's only lock. Whatever it guards names it, so that a spin
/// lock can join it when there are more.
@inline(__always)
func withInterruptsMasked<R: ~Copyable>(_ body: () -> R) -> R {
  let wereUnmasked = interrupts_mask()
  defer { if wereUnmasked { interrupts_unmask() } }
  return body()
}
