/// Some neighbouring bits of a field: `NXM_NX_REG0[0..15]`.
public struct FieldRange: Equatable, Sendable, BitwiseCopyable {
  /// The field.
  public let field: Field
  /// The first bit, from the least.
  public let start: UInt8
  /// How many.
  public let count: UInt8

  /// All bits of a field.
  public init(_ field: Field) {
    self.field = field
    start = 0
    count = UInt8(field.width)
  }

  /// Some bits; `nil` where the field has not so many.
  public init?(_ field: Field, start: Int, count: Int) {
    guard start >= 0, count > 0, start + count <= field.width else { return nil }
    self.field = field
    self.start = UInt8(start)
    self.count = UInt8(count)
  }

  /// Whether it is the whole field.
  public var isWhole: Bool { start == 0 && Int(count) == field.width }

  /// The bits within the field.
  public var mask: UInt128 { ones << UInt128(start) }

  private var ones: UInt128 { count == 128 ? .max : (1 << UInt128(count)) - 1 }

  /// Its value in a key.
  public func value(in key: borrowing FlowKey) -> UInt128 { key[field] >> UInt128(start) & ones }

  /// Gives it a value in a key; bits that it has not are cut off.
  public func set(_ value: UInt128, in key: inout FlowKey) {
    key[field] = key[field] & ~mask | (value & ones) << UInt128(start)
  }
}
