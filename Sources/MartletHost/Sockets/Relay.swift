/// Joins two connections, on whichever stacks: what one side sends the other gets, ends of streams
/// and resets too. Neither is read faster than the other takes.
package struct Relay<First: StreamConnection, Second: StreamConnection>: Sendable {
  private let first: First
  private let second: Second

  package init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  /// Carries bytes until both directions have ended, or one broke off: then both do.
  ///
  /// `beginning` is what was read of the first before.
  package func run(beginning: [UInt8] = []) async {
    let isWhole = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        if !beginning.isEmpty {
          guard (try? await second.write(beginning)) != nil else { return false }
        }
        return await Self.carry(from: first, to: second)
      }
      group.addTask { await Self.carry(from: second, to: first) }
      for await isWhole in group where !isWhole {
        // The other direction waits for a peer that will not come again.
        group.cancelAll()
        return false
      }
      return true
    }
    if isWhole {
      await first.close()
      await second.close()
    } else {
      await first.abort()
      await second.abort()
    }
  }

  private static func carry(
    from source: some StreamConnection, to sink: some StreamConnection
  ) async -> Bool {
    do {
      while true {
        let bytes = try await source.read()
        guard !bytes.isEmpty else {
          try await sink.finish()
          return true
        }
        try await sink.write(bytes)
      }
    } catch {
      return false
    }
  }
}
