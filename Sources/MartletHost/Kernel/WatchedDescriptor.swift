internal import MartletReadiness

/// A descriptor of the kernel and the tasks that wait for it. Its loop's thread alone.
final class WatchedDescriptor: DescriptorWatcher, @unchecked Sendable {
  private let loop: EventLoop
  private var descriptor: Descriptor?
  private var token: WatchToken?
  private var watched = DescriptorEvents()
  private var readers = WaiterList()
  private var writers = WaiterList()

  init(_ descriptor: consuming Descriptor, loop: EventLoop) {
    self.descriptor = consume descriptor
    self.loop = loop
  }

  /// The kernel's number, to be used before the next suspension; throws `.closed` after `close`.
  func number() throws(NetworkError) -> Int32 {
    guard let number = descriptor?.rawValue else { throw .closed }
    return number
  }

  /// Suspends until a read may succeed.
  func waitReadable() async throws(NetworkError) {
    let waiter = Waiter()
    readers.add(waiter)
    defer { readers.remove(waiter) }
    try await wait(waiter)
  }

  /// Suspends until a write may succeed.
  func waitWritable() async throws(NetworkError) {
    let waiter = Waiter()
    writers.add(waiter)
    defer { writers.remove(waiter) }
    try await wait(waiter)
  }

  private func wait(_ waiter: Waiter) async throws(NetworkError) {
    try watch()
    guard await waiter.wait() == .ready else { throw .cancelled }
    _ = try number()
  }

  /// Watches for what somebody waits for.
  private func watch() throws(NetworkError) {
    let number = try number()
    guard let token else {
      do throws(SystemError) {
        token = try loop.watch(number, for: wanted, self)
      } catch {
        throw .system(error)
      }
      watched = wanted
      return
    }
    guard !wanted.isSubset(of: watched) else { return }
    watched.formUnion(wanted)
    loop.change(token, to: watched)
  }

  /// What somebody waits for.
  private var wanted: DescriptorEvents {
    var events = DescriptorEvents()
    if !readers.isEmpty { events.insert(.readable) }
    if !writers.isEmpty { events.insert(.writable) }
    return events
  }

  /// Whoever is resumed here will likely wait again, so that it stays watched; what is told of and
  /// nobody waits for is not.
  func descriptorIsReady(_ events: DescriptorEvents) {
    let wanted = wanted
    if wanted.isEmpty {
      unwatch()
    } else if let token, !events.intersection([.readable, .writable]).isSubset(of: wanted) {
      watched = wanted
      loop.change(token, to: wanted)
    }
    if !events.isDisjoint(with: [.readable, .ended]) { readers.resumeAll() }
    if !events.isDisjoint(with: [.writable, .ended]) { writers.resumeAll() }
  }

  private func unwatch() {
    if let token { loop.unwatch(token) }
    token = nil
    watched = []
  }

  /// Closes the descriptor such that the peer of a connection is told that it was broken off.
  func breakOff() {
    guard let number = descriptor?.rawValue else { return }
    KernelCalls.setLingerNone(on: number)
    close()
  }

  /// Closes the descriptor; whoever waits throws `.closed`.
  func close() {
    unwatch()
    descriptor = nil
    readers.resumeAll()
    writers.resumeAll()
  }
}
