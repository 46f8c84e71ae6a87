/// An error of an operation or a request, as the protocol words it: a tag that programs read, and
/// details for people (RFC 7047, sections 3.1 and 5.2).
public struct DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What programs read.
  public let tag: String
  /// What people read.
  public let details: String
  /// The part of the request it is about.
  public var syntax: JSONValue?

  /// An error with one of RFC 7047's tags, or an operation's own.
  public init(_ tag: String, _ details: String, syntax: JSONValue? = nil) {
    self.tag = tag
    self.details = details
    self.syntax = syntax
  }

  /// The request is not what the protocol has.
  static func syntax(_ details: String, _ syntax: JSONValue? = nil) -> Self {
    Self("syntax error", details, syntax: syntax)
  }

  /// A value or a number of rows that the schema forbids.
  static func constraintViolation(_ details: String) -> Self {
    Self("constraint violation", details)
  }

  /// A reference to a row that is not there, or a row deleted under a reference.
  static func integrity(_ details: String) -> Self {
    Self("referential integrity violation", details)
  }

  /// No such column.
  static func unknownColumn(_ column: String, _ table: String, _ syntax: JSONValue) -> Self {
    Self("unknown column", "No column \(column) in table \(table).", syntax: syntax)
  }

  /// No such database.
  static func unknownDatabase(_ name: String, _ method: String) -> Self {
    Self(
      "unknown database", "\(method) request specifies unknown database \(name)",
      syntax: .array([.string(name)]))
  }

  /// One sentence for a person.
  public var description: String { "\(tag): \(details)" }

  /// As the protocol writes it. What was quoted is cut where it is long.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [("error", .string(tag)), ("details", .string(details))]
    if let syntax {
      let text = syntax.text
      let cut = text.unicodeScalars.count > 400 ? String(text.prefix(400)) + "…" : text
      members.append(("syntax", .string(cut)))
    }
    return .object(JSONObject(members))
  }
}
