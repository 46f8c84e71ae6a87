// Says `unsafe` where the kernel is handed structures of this module's own.

internal import CMartletHost
internal import Glibc
public import MartletDevice

/// Readiness by Linux's `epoll`, with microseconds (`epoll_pwait2`, Linux 5.11).
@safe
public struct Epoll: ~Copyable, ReadinessPoller {
  private let descriptor: Descriptor
  private var ready: [epoll_event]

  /// Makes an empty set that tells of at most `batch` descriptors a wait.
  ///
  /// Throws `SystemError` when the process has no descriptor left.
  public init(batch: Int = 64) throws(SystemError) {
    descriptor = try Descriptor("epoll_create1", epoll_create1(Int32(EPOLL_CLOEXEC)))
    unsafe ready = [epoll_event](repeating: epoll_event(), count: max(1, batch))
  }

  /// Begins to watch a descriptor.
  public mutating func add(
    _ descriptor: Int32, events: DescriptorEvents, token: UInt64
  ) throws(SystemError) {
    try control(EPOLL_CTL_ADD, descriptor, events, token)
  }

  /// Changes what a descriptor is watched for.
  public mutating func change(
    _ descriptor: Int32, events: DescriptorEvents, token: UInt64
  ) throws(SystemError) {
    try control(EPOLL_CTL_MOD, descriptor, events, token)
  }

  /// Ends watching a descriptor.
  public mutating func remove(_ descriptor: Int32) throws(SystemError) {
    try control(EPOLL_CTL_DEL, descriptor, [], 0)
  }

  private func control(
    _ operation: Int32, _ target: Int32, _ events: DescriptorEvents, _ token: UInt64
  ) throws(SystemError) {
    var event = unsafe epoll_event(events: events.epoll, data: epoll_data_t(u64: token))
    guard unsafe epoll_ctl(descriptor.rawValue, operation, target, &event) == 0 else {
      throw SystemError("epoll_ctl", code: errno)
    }
  }

  /// Waits, and tells of what is ready.
  public mutating func wait(
    timeout: Interval?, _ body: (UInt64, DescriptorEvents) -> Void
  ) throws(SystemError) {
    let count = wait(timeout: timeout)
    guard count >= 0 else {
      guard errno == EINTR else { throw SystemError("epoll_pwait2", code: errno) }
      return
    }
    for index in 0..<Int(count) {
      let event = unsafe ready[index]
      body(unsafe event.data.u64, unsafe DescriptorEvents(event.events))
    }
  }

  private mutating func wait(timeout: Interval?) -> Int32 {
    let room = unsafe Int32(clamping: ready.count)
    guard let timeout else {
      return unsafe epoll_pwait2(descriptor.rawValue, &ready, room, nil, nil)
    }
    let microseconds = max(0, timeout.microseconds)
    var time = timespec(
      tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1000)
    return unsafe epoll_pwait2(descriptor.rawValue, &ready, room, &time, nil)
  }
}

extension DescriptorEvents {
  fileprivate var epoll: UInt32 {
    var bits: UInt32 = 0
    if contains(.readable) { bits |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
    if contains(.writable) { bits |= EPOLLOUT.rawValue }
    return bits
  }

  fileprivate init(_ epoll: UInt32) {
    self = []
    if epoll & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { insert(.readable) }
    if epoll & EPOLLOUT.rawValue != 0 { insert(.writable) }
    if epoll & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { insert(.ended) }
  }
}
