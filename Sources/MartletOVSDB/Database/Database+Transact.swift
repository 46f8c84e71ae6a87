extension Database {
  /// How a transaction ended.
  enum Outcome {
    /// With these results, one an operation and one more if it failed as a whole.
    case done([JSONValue], Commit?)
    /// Not yet: a `wait` may still come true, for so many milliseconds since the transaction came, or
    /// for ever.
    case waits(Int64?)
  }

  /// Runs a transaction (RFC 7047, section 4.1.3).
  ///
  /// - Parameters:
  ///   - operations: One after the other.
  ///   - context: What they may know of their surroundings.
  ///   - isReadOnly: Whether operations that change something are errors.
  ///   - write: Makes the commit durable, or throws.
  /// - Returns: How it ended.
  func transact(
    _ operations: ArraySlice<JSONValue>, _ context: OperationContext, isReadOnly: Bool = false,
    write: (Commit) throws(DatabaseError) -> Void
  ) -> Outcome {
    var transaction = Transaction(self)
    var results: [JSONValue] = []
    results.reserveCapacity(operations.count)
    // Names are never used twice, also those that an aborted transaction told its client.
    defer { generator = transaction.symbols.generator }
    for operation in operations {
      do throws(DatabaseError) {
        if isReadOnly { try Self.checkReadOnly(operation, schema.name) }
        switch try transaction.execute(operation, context) {
        case .done(let result): results.append(result)
        case .mustWait(let limit): return .waits(limit)
        }
      } catch {
        results.append(error.json)
        results += Array(repeating: .null, count: operations.count - results.count)
        return .done(results, nil)
      }
    }
    do throws(DatabaseError) {
      return .done(results, try transaction.commit(write: write))
    } catch {
      return .done(results + [error.json], nil)
    }
  }

  private static func checkReadOnly(_ json: JSONValue, _ name: String) throws(DatabaseError) {
    guard let operation = json.object?["op"]?.string,
      ["insert", "update", "mutate", "delete", "commit"].contains(operation)
    else { return }
    throw DatabaseError(
      "not allowed", "\(operation) operation not allowed on table in reserved database \(name)")
  }
}
