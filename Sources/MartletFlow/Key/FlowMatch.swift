/// Which frames a flow is for: values of fields, and the bits of them that count.
public struct FlowMatch: Equatable, Sendable, BitwiseCopyable {
  /// The values; bits that do not count are zero.
  public private(set) var key = FlowKey()
  /// The bits that count.
  public private(set) var mask = FlowMask()

  /// Every frame.
  public init() {}

  /// Whether it is for every frame.
  public var isAny: Bool { mask.isEmpty }

  /// Demands a field's value.
  public mutating func set(_ field: Field, _ value: UInt128) { set(field, value, mask: .max) }

  /// Demands some bits of a field's value; the others of this field count no longer.
  public mutating func set(_ field: Field, _ value: UInt128, mask bits: UInt128) {
    mask[field] = bits
    key[field] = value & mask[field]
  }

  /// Demands some bits of a field beside those that were demanded.
  public mutating func add(_ field: Field, _ value: UInt128, mask bits: UInt128) {
    let old = mask[field]
    key[field] = key[field] & ~bits | value & bits
    mask[field] = old | bits
    key[field] &= mask[field]
  }

  /// What is demanded of a field; `nil` for nothing.
  public subscript(field: Field) -> (value: UInt128, mask: UInt128)? {
    let bits = mask[field]
    return bits == 0 ? nil : (key[field], bits)
  }

  /// The value of a field of which all bits are demanded.
  public func exact(_ field: Field) -> UInt128? {
    let width = field.width
    let all: UInt128 = width == 128 ? .max : (1 << UInt128(width)) - 1
    return mask[field] == all ? key[field] : nil
  }

  /// Whether a frame is one of these.
  public func matches(_ frame: borrowing FlowKey) -> Bool { mask.agrees(key, frame) }

  /// Whether every frame of this is one of `other`: what a change without `strict` reaches.
  public func isWithin(_ other: FlowMatch) -> Bool {
    mask.isSuperset(of: other.mask) && other.mask.agrees(key, other.key)
  }

  /// Whether some frame could be one of both.
  public func overlaps(_ other: FlowMatch) -> Bool {
    for word in 0..<FlowKey.wordCount {
      let common = mask.bits.words[word] & other.mask.bits.words[word]
      if (key.words[word] ^ other.key.words[word]) & common != 0 { return false }
    }
    return true
  }
}
