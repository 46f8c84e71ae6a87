internal import Glibc
internal import MartletHost
internal import MartletReadiness
internal import MartletStack

/// A socket of the host's kernel, watched on a loop. The loop's thread alone.
final class HostSocket: DescriptorWatcher {
  private let descriptor: Descriptor
  private let loop: EventLoop
  private var token: WatchToken?
  private var watched = DescriptorEvents()
  /// Called when the socket is ready for what it is watched for.
  var whenReady: (DescriptorEvents) -> Void = { _ in }

  /// Takes over a descriptor.
  init(_ descriptor: consuming Descriptor, loop: EventLoop) {
    self.descriptor = descriptor
    self.loop = loop
  }

  deinit { if let token { loop.unwatch(token) } }

  /// Opens a socket. Throws why not.
  static func open(
    _ kind: KernelCalls.Kind, protocol number: Int32 = 0, loop: EventLoop
  ) throws(SystemError) -> HostSocket {
    let descriptor = KernelCalls.socket(kind, protocol: number)
    guard descriptor >= 0 else {
      throw SystemError("socket", code: Int32(truncatingIfNeeded: -descriptor))
    }
    return HostSocket(Descriptor(Int32(truncatingIfNeeded: descriptor)), loop: loop)
  }

  /// The kernel's number.
  var number: Int32 { descriptor.rawValue }

  /// Watches for `events`; with none of them an error or a full end is told all the same.
  func watch(_ events: DescriptorEvents) {
    if let token {
      guard events != watched else { return }
      loop.change(token, to: events)
    } else {
      // Fails when the kernel has no memory: then the flow's idle time ends it.
      token = try? loop.watch(number, for: events, self)
    }
    watched = events
  }

  /// Watches for nothing at all.
  func unwatch() {
    if let token { loop.unwatch(token) }
    token = nil
    watched = []
  }

  func descriptorIsReady(_ events: DescriptorEvents) { whenReady(events) }

  /// Lets the end of the socket break the connection off.
  func breakOff() { KernelCalls.setLingerNone(on: number) }
}
