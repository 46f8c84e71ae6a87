public import MartletReadiness

/// Silent bells for whoever has to wait: making one costs a call of the kernel's.
public final class BellPool: @unchecked Sendable {
  // Unchecked: `bells` is touched under `lock` only.
  private let lock = Lock()
  private var bells: [Bell] = []
  private let limit: Int

  /// The process's.
  public static let shared = BellPool()

  /// Keeps up to `limit` bells.
  public init(limit: Int = 64) { self.limit = limit }

  /// Takes a bell, made if there is none.
  ///
  /// Throws `SystemError` when the process has no descriptor left.
  public func take() throws(SystemError) -> Bell {
    if let bell = lock.hold({ bells.popLast() }) { return bell }
    return try Bell()
  }

  /// Puts a bell back that nobody rings any more.
  public func put(_ bell: Bell) {
    bell.silence()
    lock.hold { if bells.count < limit { bells.append(bell) } }
  }
}
