public import MartletDevice
public import MartletStack

/// The calls between a stack and one device.
///
/// Closures, made where the device's type is known, and not methods of a generic class: those are
/// not specialised when called without knowing it.
@usableFromInline
struct DevicePump {
  let service: (inout Stack, Instant, Int) -> Int
  let flush: (inout Stack, Instant) -> Void
  let nextDeadline: () -> Instant?
  let wantsWritable: () -> Bool
  let hasEnded: () -> Bool
  let silence: () -> Void

  @usableFromInline
  init(
    service: @escaping (inout Stack, Instant, Int) -> Int,
    flush: @escaping (inout Stack, Instant) -> Void,
    nextDeadline: @escaping () -> Instant?, wantsWritable: @escaping () -> Bool = { false },
    hasEnded: @escaping () -> Bool = { false }, silence: @escaping () -> Void = {}
  ) {
    self.service = service
    self.flush = flush
    self.nextDeadline = nextDeadline
    self.wantsWritable = wantsWritable
    self.hasEnded = hasEnded
    self.silence = silence
  }
}
