internal import Glibc

/// The forms that an option's value has.
enum OptionValue {
  /// An `int`.
  static func number(_ value: Int32) -> [UInt8] { bytes(UInt32(bitPattern: value)) }

  /// An `int` that is 0 or 1.
  static func truth(_ value: Bool) -> [UInt8] { number(value ? 1 : 0) }

  /// A `struct timeval` of so many microseconds.
  static func time(_ microseconds: Int64) -> [UInt8] {
    bytes(UInt64(bitPattern: microseconds / 1_000_000))
      + bytes(UInt64(bitPattern: microseconds % 1_000_000))
  }

  /// A number in the machine's order.
  static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
  }
}

/// What a caller passed to `setsockopt`; touched only where Linux touches it.
struct OptionArgument {
  private let memory: Swift.Result<ReadableMemory, SocketError>
  /// The length that the caller told.
  let length: Int

  init(_ memory: Swift.Result<ReadableMemory, SocketError>, length: Int) {
    self.memory = memory
    self.length = length
  }

  /// An `int`. Throws `EINVAL` when there is room for less, `EFAULT`.
  func number() throws(SocketError) -> Int32 {
    guard length >= 4 else { throw SocketError(EINVAL) }
    return try load(Int32.self, at: 0)
  }

  /// An `int`, or one byte, as options of IP may be. None at all is 0 for some of them.
  func smallNumber(mayBeEmpty: Bool = false) throws(SocketError) -> Int32 {
    guard length >= 1 else {
      guard mayBeEmpty else { throw SocketError(EINVAL) }
      return 0
    }
    return length >= 4 ? try number() : Int32(try load(UInt8.self, at: 0))
  }

  /// A number at `offset`. Throws `EFAULT`, and `EINVAL` beyond the end.
  func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type, at offset: Int
  ) throws(SocketError) -> Number {
    guard let number = try memory.get().load(Number.self, at: offset) else {
      throw SocketError(EINVAL)
    }
    return number
  }

  /// Text. Throws `EFAULT`.
  func text() throws(SocketError) -> String { try memory.get().text }
}
