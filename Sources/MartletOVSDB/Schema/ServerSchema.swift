extension DatabaseSchema {
  /// The database about databases that every server has beside its own: clients learn from it which
  /// there are, and that they may write.
  static let server = DatabaseSchema(
    name: "_Server", version: "1.2.0", checksum: "3009684573 744",
    tables: [
      TableSchema(
        "Database",
        columns: [
          ColumnSchema("name", .scalar(.string)),
          ColumnSchema(
            "model",
            .scalar(
              .string, .oneOf([.string("clustered"), .string("relay"), .string("standalone")]))
          ),
          ColumnSchema("connected", .scalar(.boolean)),
          ColumnSchema("leader", .scalar(.boolean)),
          ColumnSchema("schema", .optional(.string)),
          ColumnSchema("cid", .optional(.uuid)),
          ColumnSchema("sid", .optional(.uuid)),
          ColumnSchema("index", .optional(.integer)),
        ])
    ])
}

extension ColumnType {
  /// Exactly one value.
  static func scalar(_ type: AtomType, _ constraint: BaseType.Constraint = .none) -> Self {
    Self(key: BaseType(type, constraint))
  }

  /// One value or none.
  static func optional(_ type: AtomType, _ constraint: BaseType.Constraint = .none) -> Self {
    Self(key: BaseType(type, constraint), least: 0)
  }

  /// Any number of values, from `least` to `most`.
  static func set(
    _ type: AtomType, _ constraint: BaseType.Constraint = .none, least: Int = 0, most: Int = .max
  ) -> Self {
    Self(key: BaseType(type, constraint), least: least, most: most)
  }

  /// Any number of pairs.
  static func map(_ key: BaseType, _ value: BaseType) -> Self {
    Self(key: key, value: value, least: 0, most: .max)
  }

  /// Strings by strings: what most columns for options are.
  static let strings = map(BaseType(.string), BaseType(.string))
  /// Counters by name.
  static let counters = map(BaseType(.string), BaseType(.integer))

  /// One row or none of a table.
  static func row(_ table: String, isWeak: Bool = false) -> Self {
    optional(.uuid, .reference(table: table, isWeak: isWeak))
  }

  /// Any number of rows of a table.
  static func rows(_ table: String, isWeak: Bool = false, least: Int = 0) -> Self {
    set(.uuid, .reference(table: table, isWeak: isWeak), least: least)
  }

  /// One of these words, or none.
  static func choice(_ words: String...) -> Self {
    optional(.string, .oneOf(words.map { .string($0) }))
  }
}
