/// What a column holds: a scalar, an optional, a set or a map (RFC 7047, section 3.2, `<type>`).
public struct ColumnType: Hashable, Sendable {
  /// The type of elements, or of a map's keys.
  public let key: BaseType
  /// The type of a map's values.
  public let value: BaseType?
  /// The least number of elements: 0 or 1.
  public let least: Int
  /// The largest number of elements; `.max` is "unlimited".
  public let most: Int

  /// A type of `least` to `most` elements.
  public init(key: BaseType, value: BaseType? = nil, least: Int = 1, most: Int = 1) {
    self.key = key
    self.value = value
    self.least = least
    self.most = most
  }

  /// The type of `_uuid` and `_version`.
  static let uuid = ColumnType(key: BaseType(.uuid))

  /// One value, always.
  public var isScalar: Bool { value == nil && least == 1 && most == 1 }
  /// One value or none.
  var isOptionalScalar: Bool { value == nil && least == 0 && most == 1 }
  /// Whether it is a map.
  public var isMap: Bool { value != nil }
  /// Whether it may have another number of elements than one, and no values.
  var isSet: Bool { value == nil && (least != 1 || most != 1) }

  /// What a column holds when nobody gave it a value (RFC 7047, section 5.2.1).
  public var defaultDatum: Datum {
    guard least > 0 else { return Datum() }
    return Datum(keys: [key.defaultAtom], values: value.map { [$0.type.defaultAtom] } ?? [])
  }

  /// The same without limits: `least` 0, and `most` unlimited unless it is kept.
  func relaxed(keepingMost: Bool = false) -> ColumnType {
    ColumnType(key: key, value: value, least: 0, most: keepingMost ? most : .max)
  }

  /// For people, in errors.
  var english: String {
    if let value {
      return "map of \(count) \(key.type.rawValue)-\(value.type.rawValue) pairs"
    }
    if isScalar { return key.type.rawValue }
    if isOptionalScalar { return "optional \(key.type.rawValue)" }
    return "set of \(count) \(key.type.rawValue)s"
  }

  private var count: String {
    most == .max ? "\(least) or more" : least == 0 ? "up to \(most)" : "\(least) to \(most)"
  }
}

extension BaseType {
  /// The first allowed value of an enumeration, else what the type has.
  var defaultAtom: Atom { type.defaultAtom }
}
