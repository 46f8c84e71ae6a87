/// What a monitor watches, shared by all monitors that watch the same: each change is written out
/// once for all of them.
final class MonitorDefinition {
  /// The forms in which changes are told.
  enum Form: Hashable {
    /// Old and new values (RFC 7047, section 4.1.6).
    case update
    /// Differences, for `monitor_cond`.
    case update2
    /// Differences and the state they lead to, for `monitor_cond_since`.
    case update3
  }

  /// Which kinds of change are told.
  struct Select: OptionSet, Hashable {
    let rawValue: UInt8
    static let initial = Select(rawValue: 1)
    static let insert = Select(rawValue: 2)
    static let delete = Select(rawValue: 4)
    static let modify = Select(rawValue: 8)
    static let all: Select = [.initial, .insert, .delete, .modify]
  }

  /// A column, and when it is told.
  struct Column: Hashable {
    let place: Int
    let select: Select
  }

  /// A table that is watched.
  struct Table: Hashable {
    let place: Int
    /// Maybe none: then only that rows come and go.
    var columns: [Column]
    /// Which rows; without a clause all.
    var condition: Condition
    /// Which kinds of change any request of the table is told.
    let select: Select
  }

  /// All of it.
  struct Content: Hashable {
    let database: Int
    let form: Form
    var tables: [Table]
  }

  let content: Content
  /// The rows of a state, for the next client that asks for the same.
  var initial: (state: DatabaseUUID, updates: JSONValue)?

  init(_ content: Content) { self.content = content }
}
