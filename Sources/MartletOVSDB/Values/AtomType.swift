/// The types of single values (RFC 7047, section 3.2).
public enum AtomType: String, Sendable {
  case integer, real, boolean, string, uuid

  /// What a column of this type holds when nobody gave it a value (RFC 7047, section 5.2.1).
  var defaultAtom: Atom {
    switch self {
    case .integer: .integer(0)
    case .real: .real(0)
    case .boolean: .boolean(false)
    case .string: .string("")
    case .uuid: .uuid(.zero)
    }
  }
}
