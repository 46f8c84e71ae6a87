internal import Glibc
internal import MartletHost
internal import MartletReadiness
internal import MartletSharing

/// A stack as a program holds it: its owner, and the thread that drives it.
final class LibraryStack: @unchecked Sendable {
  // Unchecked: `changes` is touched under `lock` only.
  let owner: SharedOwner<StackCore>
  let hasOwnClock: Bool
  private let lock = Lock()
  /// What tells of changes, once it was asked for; -1 before.
  private var changes: Int32 = -1

  /// Makes a stack and starts its driver. Throws `EINVAL`, `EMFILE`, `EAGAIN`.
  init(_ settings: StackSettings) throws(SocketError) {
    owner = SharedOwner(try StackCore(settings))
    hasOwnClock = settings.hasOwnClock
    guard !settings.hasOwnClock else { return }
    guard let bell = try? Bell() else { throw SocketError.noDescriptor }
    let owner = owner
    let code = HostThread.start("martlet") { owner.drive(with: bell) }
    guard code == 0 else { throw SocketError(code) }
  }

  /// The name by which a program knows it.
  var address: UInt { UInt(bitPattern: ObjectIdentifier(self).hashValue) }

  /// Ends it; its sockets' numbers stay until they are closed.
  func end() {
    owner.end { core in core.end() }
    let descriptor = lock.hold { () -> Int32 in
      defer { changes = -1 }
      return changes
    }
    if descriptor >= 0 { _ = close(descriptor) }
  }

  /// The descriptor that tells of changes. Throws `EMFILE`.
  func changeDescriptor() throws(SocketError) -> Int32 {
    let descriptor = lock.hold { () -> Int32 in
      if changes < 0 { changes = Kernel.makeCounter() }
      return changes
    }
    guard descriptor >= 0 else { throw SocketError(errno) }
    owner.setWatcher { _ in Kernel.count(on: descriptor) }
    return descriptor
  }
}

extension StackCore {
  /// Resets every connection and lets the devices go.
  mutating func end() {
    for case let socket? in sockets {
      if case .connected(let handle) = socket.state { stack.abort(handle, now: now) }
      letGo(socket, now: now)
    }
    settle(now: now)
    tap = nil
    queue = nil
  }
}
