/// The type of a key or a value with what it may hold (RFC 7047, section 3.2, `<base-type>`).
public struct BaseType: Hashable, Sendable {
  /// What values must keep to.
  public enum Constraint: Hashable, Sendable {
    /// Nothing.
    case none
    /// One of these, kept in order.
    case oneOf([Atom])
    /// From the first to the last; a missing border is open.
    case integers(Int64?, Int64?)
    /// From the first to the last; a missing border is open.
    case reals(Double?, Double?)
    /// So many characters.
    case length(Int64?, Int64?)
    /// The name of a row of this table.
    case reference(table: String, isWeak: Bool)
  }

  /// The type.
  public let type: AtomType
  /// What it may hold.
  public let constraint: Constraint

  /// A type with a constraint that fits it.
  public init(_ type: AtomType, _ constraint: Constraint = .none) {
    self.type = type
    if case .oneOf(let atoms) = constraint {
      self.constraint = .oneOf(atoms.sorted())
    } else {
      self.constraint = constraint
    }
  }

  /// The table that it refers to.
  public var referencedTable: String? {
    if case .reference(let table, _) = constraint { table } else { nil }
  }

  /// Whether it refers to a row that must be there.
  var isStrongReference: Bool {
    if case .reference(_, isWeak: false) = constraint { true } else { false }
  }

  /// Whether it refers to a row that may go.
  var isWeakReference: Bool {
    if case .reference(_, isWeak: true) = constraint { true } else { false }
  }

  /// Checks an atom of this type.
  func check(_ atom: Atom) throws(DatabaseError) {
    switch (constraint, atom) {
    case (.none, _), (.reference, _): return
    case (.oneOf(let allowed), _):
      guard allowed.contains(atom) else {
        let list = allowed.map(\.plainText).joined(separator: ", ")
        throw .constraintViolation("\(atom.plainText) is not one of the allowed values ([\(list)])")
      }
    case (.integers(let least, let most), .integer(let number)):
      guard number >= least ?? .min, number <= most ?? .max else {
        throw .constraintViolation("\(number) is not in the valid range \(Self.range(least, most))")
      }
    case (.reals(let least, let most), .real(let number)):
      guard number >= least ?? -.infinity, number <= most ?? .infinity else {
        throw .constraintViolation("\(number) is not in the valid range \(Self.range(least, most))")
      }
    case (.length(let least, let most), .string(let text)):
      let count = Int64(text.unicodeScalars.count)
      guard count >= least ?? 0, count <= most ?? .max else {
        throw .constraintViolation(
          "\(atom.plainText) has \(count) characters, and may have \(Self.range(least, most))")
      }
    default: throw .constraintViolation("\(atom.plainText) is not of type \(type.rawValue)")
    }
  }

  private static func range<Number>(_ least: Number?, _ most: Number?) -> String {
    switch (least, most) {
    case (let least?, let most?): "\(least) to \(most)"
    case (let least?, nil): "at least \(least)"
    case (nil, let most?): "at most \(most)"
    case (nil, nil): "of all"
    }
  }
}

extension Atom {
  /// For people, in errors.
  var plainText: String {
    switch self {
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .boolean(let flag): "\(flag)"
    case .string(let text): text
    case .uuid(let uuid): uuid.description
    }
  }
}
