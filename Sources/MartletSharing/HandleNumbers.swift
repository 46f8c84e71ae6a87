// Says `unsafe` where a system call is made that Swift imports as unsafe.

internal import Glibc
public import MartletReadiness

/// What this process's own descriptor numbers name beside the kernel's: each is reserved by an open
/// descriptor, so that the kernel gives it to nobody else.
public final class HandleNumbers<Value: AnyObject & Sendable>: @unchecked Sendable {
  // Unchecked: `values` is touched under `lock` only.
  private let lock = Lock()
  private var values: [Value?] = []

  /// None yet.
  public init() {}

  /// Reserves the lowest free number for `value`.
  ///
  /// What holds it is a Unix socket that is connected to nothing: whoever reads, writes or polls it
  /// by the kernel gets an error at once, and loses no byte.
  ///
  /// Throws `SystemError`: `EMFILE`, `ENFILE`, `ENOMEM`.
  public func insert(_ value: Value, closesOnExec: Bool) throws(SystemError) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | (closesOnExec ? Int32(SOCK_CLOEXEC.rawValue) : 0)
    let number = socket(AF_UNIX, type, 0)
    guard number >= 0 else { throw SystemError("socket", code: errno) }
    replace(number, with: value)
    return number
  }

  /// Lets a number that its caller has reserved name `value`. One that was closed behind this table's
  /// back still names what it did before: that is let go.
  public func replace(_ number: Int32, with value: Value) {
    let index = Int(number)
    let former = lock.hold { () -> Value? in
      while values.count <= index { values.append(nil) }
      let former = values[index]
      values[index] = value
      return former
    }
    _ = former
  }

  /// What a number names; `nil` when that is nothing of this table's.
  public func find(_ number: Int32) -> Value? {
    lock.hold {
      let index = Int(number)
      return values.indices.contains(index) ? values[index] : nil
    }
  }

  /// Frees a number and returns what it named.
  public func remove(_ number: Int32) -> Value? {
    let index = Int(number)
    let former = lock.hold { () -> Value? in
      guard values.indices.contains(index), let value = values[index] else { return nil }
      values[index] = nil
      // Under the lock: nobody may be given the number before it is free here.
      _ = close(number)
      return value
    }
    return former
  }
}
