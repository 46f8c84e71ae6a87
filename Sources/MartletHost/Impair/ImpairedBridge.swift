public import MartletDevice
internal import MartletReadiness

/// Two devices of the host with a bad link between them: what enters by one leaves by the other,
/// lost, doubled, delayed and damaged as told.
///
/// ```swift
/// let bridge = ImpairedBridge(first, second, forth: .loss(perMillion: 10_000), on: loop)
/// try await bridge.run()
/// ```
///
/// Give it devices without offloads: a frame that stands for several meets its fate as one.
public actor ImpairedBridge<First: HostDevice & ~Copyable, Second: HostDevice & ~Copyable> {
  private nonisolated let loop: EventLoop
  private let crossing: Crossing<First, Second>

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Puts a link with the faults `forth` from `first` to `second`, and `back` from `second` to
  /// `first`, between both. No frame moves before `run`.
  public init(
    _ first: consuming First, _ second: consuming Second, forth: Impairment = Impairment(),
    back: Impairment = Impairment(), seed: UInt64 = 0, on loop: EventLoop
  ) {
    self.loop = loop
    crossing = Crossing(first, second, forth: forth, back: back, seed: seed)
  }

  /// What has befallen the frames from the first device to the second.
  public var forth: FaultCounters { crossing.forth }
  /// What has befallen the frames from the second device to the first.
  public var back: FaultCounters { crossing.back }
  /// The frames that were longer than the device at the other side takes.
  public var tooLong: UInt64 { crossing.tooLong }

  /// Carries frames until the task is cancelled or one of the devices is gone.
  ///
  /// - Throws: `HostError.system` when the devices cannot be watched.
  public func run() async throws(HostError) {
    let tokens = try watch()
    loop.attach(crossing)
    let waiter = Waiter()
    crossing.atEnd = waiter
    _ = await waiter.wait()
    crossing.atEnd = nil
    loop.detach(crossing)
    for token in tokens { loop.unwatch(token) }
  }

  private func watch() throws(HostError) -> [WatchToken] {
    var tokens: [WatchToken] = []
    do throws(SystemError) {
      for descriptor in crossing.descriptors {
        tokens.append(try loop.watch(descriptor, for: .readable, crossing))
      }
      return tokens
    } catch {
      for token in tokens { loop.unwatch(token) }
      throw .system(error, subject: "impaired bridge")
    }
  }
}
