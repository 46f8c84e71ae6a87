extension Transaction {
  /// Checks what a transaction must keep to as a whole, and makes it (RFC 7047, section 4.1.3 and
  /// the constraints of section 3.2).
  ///
  /// - Parameter write: Called before anything becomes visible; when it throws, nothing does.
  /// - Returns: What changed; `nil` when nothing did.
  /// - Throws: `constraint violation`, `referential integrity violation`, or what `write` threw.
  mutating func commit(
    write: (Commit) throws(DatabaseError) -> Void = { (_) throws(DatabaseError) in }
  ) throws(DatabaseError) -> Commit? {
    dropUnchanged()
    let references = try settleReferences()
    try checkRowCounts()
    try removeDanglingReferences()
    dropUnchanged()
    try checkIndexes()
    var list: [(place: RowPlace, change: RowChange)] = []
    for table in changes.indices {
      for (uuid, change) in changes[table].sorted(by: { $0.key < $1.key }) {
        list.append((RowPlace(table: table, uuid: uuid), change))
      }
    }
    guard !list.isEmpty else { return nil }
    let commit = Commit(
      identifier: symbols.generator.next(), changes: list,
      comment: comments.joined(separator: "\n"))
    try write(commit)
    apply(commit, references)
    return commit
  }

  /// Forgets what ended as it began.
  private mutating func dropUnchanged() {
    for table in changes.indices {
      changes[table] = changes[table].filter { _, change in
        switch (change.old, change.new) {
        case (nil, nil): false
        case (let old?, let new?): !old.hasSameValues(as: new)
        default: true
        }
      }
    }
  }

  // MARK: References that keep rows

  /// Counts the references that come and go, deletes rows that nobody keeps any more, and checks that
  /// every reference leads to a row.
  ///
  /// - Returns: By how much each row's count changes.
  private mutating func settleReferences() throws(DatabaseError) -> [RowPlace: Int] {
    var deltas: [RowPlace: Int] = [:]
    for table in changes.indices {
      for (uuid, change) in changes[table] {
        try count(change, RowPlace(table: table, uuid: uuid), into: &deltas)
      }
    }
    for table in changes.indices {
      for (uuid, change) in changes[table] where change.new == nil {
        let place = RowPlace(table: table, uuid: uuid)
        let remaining = references(to: place, deltas)
        guard remaining == 0 else {
          throw .integrity(
            "cannot delete \(database.schema.tables[table].name) row \(uuid) because of "
              + "\(remaining) remaining reference(s)")
        }
      }
    }
    // Whoever lost a reference, or was inserted without one, and is not kept by its table.
    var candidates = Array(deltas.keys)
    for table in changes.indices {
      for (uuid, change) in changes[table] where change.old == nil {
        candidates.append(RowPlace(table: table, uuid: uuid))
      }
    }
    while let place = candidates.popLast() {
      guard !database.schema.tables[place.table].isRoot, references(to: place, deltas) == 0,
        let row = row(place)
      else { continue }
      set(place, nil)
      for target in Self.targets(row, database.schema, place.table) where target != place {
        deltas[target, default: 0] -= 1
        candidates.append(target)
      }
    }
    return deltas
  }

  private func references(to place: RowPlace, _ deltas: [RowPlace: Int]) -> Int {
    database.tables[place.table].references[place.uuid, default: 0] + deltas[place, default: 0]
  }

  /// Counts what a change makes of a row's references, and checks those that come.
  private func count(
    _ change: RowChange, _ place: RowPlace, into deltas: inout [RowPlace: Int]
  ) throws(DatabaseError) {
    let schema = database.schema.tables[place.table]
    for column in schema.strongColumns {
      let old = change.old?.fields[column] ?? Datum()
      let new = change.new?.fields[column] ?? Datum()
      guard old != new else { continue }
      // A row that refers to itself does not keep itself.
      let type = schema.columns[column].type
      for target in Self.targets(old, type, database.schema, isWeak: false) where target != place {
        deltas[target, default: 0] -= 1
      }
      for target in Self.targets(new, type, database.schema, isWeak: false) where target != place {
        guard row(target) != nil else {
          throw .integrity(
            "Table \(schema.name) column \(schema.columns[column].name) row \(place.uuid) "
              + "references nonexistent row \(target.uuid) in table "
              + "\(database.schema.tables[target.table].name).")
        }
        deltas[target, default: 0] += 1
      }
    }
  }

  /// The rows that a row keeps.
  private static func targets(
    _ row: Row, _ schema: DatabaseSchema, _ table: Int
  ) -> [RowPlace] {
    schema.tables[table].strongColumns.flatMap {
      targets(row.fields[$0], schema.tables[table].columns[$0].type, schema, isWeak: false)
    }
  }

  /// The rows that a datum refers to.
  private static func targets(
    _ datum: Datum, _ type: ColumnType, _ schema: DatabaseSchema, isWeak: Bool
  ) -> [RowPlace] {
    var places: [RowPlace] = []
    for (base, atoms) in [(type.key, datum.keys), (type.value ?? type.key, datum.values)] {
      guard isWeak ? base.isWeakReference : base.isStrongReference,
        let table = base.referencedTable.flatMap({ schema.place(of: $0) })
      else { continue }
      for case .uuid(let uuid) in atoms { places.append(RowPlace(table: table, uuid: uuid)) }
    }
    return places
  }

  // MARK: References that do not

  /// Removes weak references to rows that are not there, also from rows that the transaction did not
  /// touch otherwise.
  private mutating func removeDanglingReferences() throws(DatabaseError) {
    var affected: Set<RowPlace> = []
    for table in changes.indices {
      for (uuid, change) in changes[table] {
        if change.new == nil {
          affected.formUnion(database.tables[table].weakReferrers[uuid] ?? [])
        } else if !database.schema.tables[table].weakColumns.isEmpty {
          affected.insert(RowPlace(table: table, uuid: uuid))
        }
      }
    }
    for place in affected {
      guard var row = row(place) else { continue }
      let schema = database.schema.tables[place.table]
      var hasChanged = false
      for column in schema.weakColumns {
        let type = schema.columns[column].type
        let kept = withoutDangling(row.fields[column], type)
        guard kept != row.fields[column] else { continue }
        guard kept.count >= type.least else {
          throw .constraintViolation(
            "Deletion of \(row.fields[column].count - kept.count) weak reference(s) to deleted (or "
              + "never-existing) rows from column \"\(schema.columns[column].name)\" in "
              + "\"\(schema.name)\" row \(place.uuid) caused this column to have an invalid number "
              + "of elements.")
        }
        row.fields[column] = kept
        hasChanged = true
      }
      guard hasChanged else { continue }
      touch(&row)
      set(place, row)
    }
  }

  private func withoutDangling(_ datum: Datum, _ type: ColumnType) -> Datum {
    let isThere = { (base: BaseType?, atom: Atom) -> Bool in
      guard let base, base.isWeakReference, case .uuid(let uuid) = atom,
        let table = base.referencedTable.flatMap({ database.schema.place(of: $0) })
      else { return true }
      return row(RowPlace(table: table, uuid: uuid)) != nil
    }
    var kept = Datum()
    for (index, key) in datum.keys.enumerated() {
      let value = index < datum.values.count ? datum.values[index] : nil
      guard isThere(type.key, key), value.map({ isThere(type.value, $0) }) ?? true else { continue }
      kept.keys.append(key)
      if let value { kept.values.append(value) }
    }
    return kept
  }

  // MARK: Tables

  private func checkRowCounts() throws(DatabaseError) {
    for table in changes.indices {
      let schema = database.schema.tables[table]
      guard schema.maximumRows != .max else { continue }
      var count = database.tables[table].rows.count
      for change in changes[table].values {
        count += (change.new == nil ? 0 : 1) - (change.old == nil ? 0 : 1)
      }
      guard count <= schema.maximumRows else {
        throw .constraintViolation(
          "transaction causes \"\(schema.name)\" table to contain \(count) rows, greater than the "
            + "schema-defined limit of \(schema.maximumRows) row(s)")
      }
    }
  }

  private func checkIndexes() throws(DatabaseError) {
    for table in changes.indices where !changes[table].isEmpty {
      let schema = database.schema.tables[table]
      for index in schema.indexes.indices {
        var seen: [[Datum]: DatabaseUUID] = [:]
        for (uuid, change) in changes[table] {
          guard let row = change.new else { continue }
          let key = TableStore.key(index, of: row, schema)
          var other = seen.updateValue(uuid, forKey: key)
          if other == nil, let existing = database.tables[table].row(at: index, key),
            changes[table][existing] == nil
          {
            other = existing
          }
          guard let other else { continue }
          let names = schema.indexes[index].map { "\"\(schema.columns[$0].name)\"" }
          let values = key.map { $0.keys.map(\.plainText).joined(separator: ", ") }
          throw .constraintViolation(
            "Transaction causes multiple rows in \"\(schema.name)\" table to have identical values "
              + "(\(values.joined(separator: " and "))) for index on column \(names.joined(separator: " and ")). "
              + "The rows are \(min(uuid, other)) and \(max(uuid, other)).")
        }
      }
    }
  }

  // MARK: Making it

  private func apply(_ commit: Commit, _ references: [RowPlace: Int]) {
    let schema = database.schema
    for (place, change) in commit.changes {
      if change.old != nil {
        database.tables[place.table].removeFromIndexes(place.uuid, schema.tables[place.table])
      }
    }
    for (place, change) in commit.changes {
      database.tables[place.table].set(place.uuid, change.new, schema.tables[place.table])
      for column in schema.tables[place.table].weakColumns {
        let type = schema.tables[place.table].columns[column].type
        for (row, isThere) in [(change.old, false), (change.new, true)] {
          guard let row else { continue }
          for target in Self.targets(row.fields[column], type, schema, isWeak: true) {
            database.tables[target.table].setWeakReferrer(
              place, of: target.uuid, isThere: isThere)
          }
        }
      }
    }
    for (place, delta) in references where delta != 0 {
      database.tables[place.table].adjust(place.uuid, by: delta)
    }
    database.state = commit.identifier
  }
}
