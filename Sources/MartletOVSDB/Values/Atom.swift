/// A single value of a column (RFC 7047, section 5.1).
public enum Atom: Sendable {
  /// A whole number.
  case integer(Int64)
  /// A number with a fraction.
  case real(Double)
  /// true or false.
  case boolean(Bool)
  /// A string, compared byte by byte.
  case string(String)
  /// A reference to a row, or the name of one.
  case uuid(DatabaseUUID)

  /// Its type.
  public var type: AtomType {
    switch self {
    case .integer: .integer
    case .real: .real
    case .boolean: .boolean
    case .string: .string
    case .uuid: .uuid
    }
  }

  /// As the protocol writes it.
  public var json: JSONValue {
    switch self {
    case .integer(let number): .integer(number)
    case .real(let number): Int64(exactly: number).map { .integer($0) } ?? .real(number)
    case .boolean(let flag): .boolean(flag)
    case .string(let text): .string(text)
    case .uuid(let uuid): .array([.string("uuid"), .string(uuid.description)])
    }
  }
}

extension Atom: Hashable {
  /// Whether both are the same.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left == right
    case (.real(let left), .real(let right)): left == right
    case (.boolean(let left), .boolean(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.uuid(let left), .uuid(let right)): left == right
    default: false
    }
  }

  /// Feeds what `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .integer(let number): hasher.combine(number)
    case .real(let number): hasher.combine(number)
    case .boolean(let flag): hasher.combine(flag)
    // Not the string itself: its hash is costly where it is not ASCII, as its equality is wide.
    case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
    case .uuid(let uuid): hasher.combine(uuid)
    }
  }
}

extension Atom: Comparable {
  /// The order in which sets are kept; atoms of one column have one type.
  public static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left < right
    case (.real(let left), .real(let right)): left < right
    case (.boolean(let left), .boolean(let right)): !left && right
    case (.string(let left), .string(let right)):
      left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.uuid(let left), .uuid(let right)): left < right
    default: left.type.rawValue < right.type.rawValue
    }
  }
}
