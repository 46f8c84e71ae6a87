internal import MartletReadiness
internal import MartletSharing

/// What the process has of this library: its stacks and its sockets' numbers.
final class Library: @unchecked Sendable {
  // Unchecked: `stacks` is touched under `lock` only.
  static let shared = Library()

  /// The sockets by their numbers.
  let numbers = HandleNumbers<SocketReference>()
  private let lock = Lock()
  /// The stacks, the oldest first.
  private var stacks: [LibraryStack] = []

  private init() {}

  /// Adds a stack.
  func add(_ stack: LibraryStack) {
    lock.hold { stacks.append(stack) }
  }

  /// The stack whose name is `address`; `nil` for what is none, or none any more.
  func stack(_ address: UInt) -> LibraryStack? {
    lock.hold { stacks.first { $0.address == address } }
  }

  /// The process's oldest stack.
  var oldest: LibraryStack? { lock.hold { stacks.first } }

  /// Forgets a stack and returns it.
  func remove(_ address: UInt) -> LibraryStack? {
    lock.hold {
      guard let index = stacks.firstIndex(where: { $0.address == address }) else { return nil }
      return stacks.remove(at: index)
    }
  }

  /// A socket by its number. Throws `EBADF` for what is closed, `ENOTSOCK` for what is another's.
  func socket(_ number: Int32) throws(SocketError) -> SocketReference {
    if let socket = numbers.find(number) { return socket }
    throw SocketError(Kernel.isOpen(number) ? Kernel.notASocket : Kernel.badDescriptor)
  }

  /// Gives a socket of a core a number. On failure the socket is closed.
  func publish(
    _ key: Int, of owner: SharedOwner<StackCore>, isNonBlocking: Bool, closesOnExec: Bool
  ) throws(SocketError) -> Int32 {
    let reference = SocketReference(owner, key: key, isNonBlocking: isNonBlocking)
    do throws(SystemError) {
      return try numbers.insert(reference, closesOnExec: closesOnExec)
    } catch {
      throw SocketError(error.code)
    }
  }
}
