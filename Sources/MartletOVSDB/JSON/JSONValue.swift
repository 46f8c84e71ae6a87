/// A JSON value as OVSDB needs it: integers of 64 bits are exact, and only what has a fraction or
/// is out of their range is a real (RFC 7047, section 3.1).
///
/// `MartletHTTP` reads JSON too, without building anything and with numbers of up to 18 digits: what
/// a node needs. A database keeps values, and its integers have 19.
public enum JSONValue: Sendable {
  /// null
  case null
  /// true or false
  case boolean(Bool)
  /// A whole number from -2⁶³ to 2⁶³ - 1, however it was written: 1, 1.0 and 1e0 are the same.
  case integer(Int64)
  /// Any other number.
  case real(Double)
  /// A string, its bytes kept as they are.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object.
  case object(JSONObject)
}

extension JSONValue {
  /// The string, if it is one.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The elements, if it is an array.
  public var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members, if it is an object.
  public var object: JSONObject? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The whole number, if it is one.
  public var integer: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }

  /// true or false, if it is one.
  public var boolean: Bool? {
    if case .boolean(let flag) = self { flag } else { nil }
  }

  /// Whether it is null.
  public var isNull: Bool {
    if case .null = self { true } else { false }
  }
}

extension JSONValue: Equatable {
  /// Whether both mean the same: members in any order, strings byte by byte.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.real(let left), .real(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  public init(stringLiteral text: String) { self = .string(text) }
  /// A whole number.
  public init(integerLiteral number: Int64) { self = .integer(number) }
  /// true or false.
  public init(booleanLiteral flag: Bool) { self = .boolean(flag) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(JSONObject(members))
  }
}

extension String {
  /// Whether the bytes are the same. Swift's `==` takes "é" in one scalar and in two for equal; a
  /// database must not.
  func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}
