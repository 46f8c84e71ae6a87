internal import MartletOVSDB

/// The rows of a switch's database by their columns' names.
struct DatabaseView {
  /// A row and its table.
  struct Entry {
    let uuid: DatabaseUUID
    let row: Row
    let schema: TableSchema

    /// What a column holds; nothing where there is no such column.
    subscript(column: String) -> Datum {
      schema.place(of: column).map { row.fields[$0] } ?? Datum()
    }

    func text(_ column: String) -> String {
      if case .string(let text)? = self[column].keys.first { text } else { "" }
    }

    func number(_ column: String) -> Int64? {
      if case .integer(let number)? = self[column].keys.first { number } else { nil }
    }

    func numbers(_ column: String) -> [Int64] {
      self[column].keys.compactMap { if case .integer(let number) = $0 { number } else { nil } }
    }

    func references(_ column: String) -> [DatabaseUUID] {
      self[column].keys.compactMap { if case .uuid(let uuid) = $0 { uuid } else { nil } }
    }

    /// The pairs of a map of strings.
    func pairs(_ column: String) -> [(name: String, value: String)] {
      let datum = self[column]
      return zip(datum.keys, datum.values).compactMap {
        if case (.string(let name), .string(let value)) = $0 { (name, value) } else { nil }
      }
    }
  }

  private let tables: [String: [DatabaseUUID: Entry]]

  init(_ database: Database) {
    var tables: [String: [DatabaseUUID: Entry]] = [:]
    for name in ["Open_vSwitch", "Bridge", "Port", "Interface", "Controller"] {
      guard let place = database.schema.place(of: name) else { continue }
      let schema = database.schema.tables[place]
      let entries = database.rows(of: name).map {
        ($0.uuid, Entry(uuid: $0.uuid, row: $0.row, schema: schema))
      }
      tables[name] = Dictionary(entries) { first, _ in first }
    }
    self.tables = tables
  }

  /// The one row of the switch; `nil` before it was made.
  var root: Entry? { tables["Open_vSwitch"]?.values.first }

  /// The rows that a column refers to, by name.
  func entries(_ table: String, _ column: String, of entry: Entry) -> [Entry] {
    entry.references(column).compactMap { tables[table]?[$0] }
      .sorted { $0.text("name") < $1.text("name") }
  }
}
