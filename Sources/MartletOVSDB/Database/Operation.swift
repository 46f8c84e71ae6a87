/// An operation of a transaction as it came, and which of its members were asked for: one that
/// nobody knows is an error.
final class Operation {
  let json: JSONValue
  let name: String
  private let members: JSONObject
  private var known: Set<String> = ["op"]

  init(_ json: JSONValue) throws(DatabaseError) {
    guard let members = json.object else { throw .syntax("object expected", json) }
    guard let name = members["op"]?.string else {
      throw .syntax("Required 'op' member is missing or no string.", json)
    }
    self.json = json
    self.name = name
    self.members = members
  }

  /// A member that may be missing.
  func optional<Value>(
    _ member: String, _ form: KeyPath<JSONValue, Value?>
  ) throws(DatabaseError) -> Value? {
    known.insert(member)
    guard let value = members[member] else { return nil }
    guard let formed = value[keyPath: form] else {
      throw .syntax("Type mismatch for member '\(member)'.", json)
    }
    return formed
  }

  /// A member that must be there.
  func required<Value>(
    _ member: String, _ form: KeyPath<JSONValue, Value?>
  ) throws(DatabaseError) -> Value {
    guard let value = try optional(member, form) else {
      throw .syntax("Required '\(member)' member is missing.", json)
    }
    return value
  }

  /// Throws if there is a member that nobody asked for.
  func finish() throws(DatabaseError) {
    for (key, _) in members.members where !known.contains(key) {
      throw .syntax("Member '\(key)' is present but not allowed here.", json)
    }
  }
}
