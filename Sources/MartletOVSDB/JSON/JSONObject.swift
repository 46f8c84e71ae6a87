/// The members of a JSON object, in the order they came. Of a key that comes twice the last counts.
public struct JSONObject: Sendable {
  /// Every member.
  public private(set) var members: [(key: String, value: JSONValue)]

  /// Holds these members.
  public init(_ members: [(String, JSONValue)] = []) {
    self.members = members.map { (key: $0.0, value: $0.1) }
  }

  /// Appends a member.
  public mutating func append(_ key: String, _ value: JSONValue) {
    members.append((key, value))
  }

  /// Makes room, so that appending is quick.
  mutating func reserve(_ count: Int) { members.reserveCapacity(count) }

  /// The value of a key.
  public subscript(key: String) -> JSONValue? {
    members.last { $0.key.hasSameBytes(as: key) }?.value
  }
}

extension JSONObject: Equatable {
  /// Whether both have the same members, in any order.
  public static func == (left: Self, right: Self) -> Bool {
    guard left.members.count == right.members.count else { return false }
    let order = { (a: (key: String, value: JSONValue), b: (key: String, value: JSONValue)) in
      a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
    }
    return zip(left.members.sorted(by: order), right.members.sorted(by: order)).allSatisfy {
      $0.key.hasSameBytes(as: $1.key) && $0.value == $1.value
    }
  }
}
