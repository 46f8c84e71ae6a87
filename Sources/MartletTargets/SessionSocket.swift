package import MartletHost

/// A connection whose bytes a ``SessionOwner`` takes and gives: one task reads while the owner wants
/// input, one writes while it has output.
///
/// A peer that does not read holds up neither the owner nor other peers.
package struct SessionSocket: Sendable {
  private let connection: KernelConnection
  private let output: AsyncStream<Void>
  private let room: AsyncStream<Void>
  private let outputSignal: AsyncStream<Void>.Continuation
  private let roomSignal: AsyncStream<Void>.Continuation

  /// Takes a connection; nothing is read or written before `run`.
  package init(_ connection: KernelConnection) {
    self.connection = connection
    // A signal that nobody waits for yet is kept; several are one.
    (output, outputSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    (room, roomSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Says that there may be output, or that the session has ended.
  package func hasOutput() { outputSignal.yield() }

  /// Says that more input may be wanted.
  package func hasRoom() { roomSignal.yield() }

  /// Breaks the connection off; `run` ends.
  package func abort() async { await connection.abort() }

  /// Carries bytes both ways until either side ends, then breaks the connection off.
  package func run<Owner: SessionOwner>(
    _ session: Owner.SessionName, of owner: isolated Owner
  ) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await write(session, of: owner) }
      group.addTask { await read(session, of: owner) }
      await group.next()
      group.cancelAll()
      outputSignal.finish()
      roomSignal.finish()
      await connection.abort()
    }
  }

  private func read<Owner: SessionOwner>(
    _ session: Owner.SessionName, of owner: isolated Owner
  ) async {
    var room = room.makeAsyncIterator()
    while owner.isOpen(session) {
      while owner.isOpen(session), !owner.wantsInput(session) {
        guard await room.next() != nil else { return }
      }
      guard let bytes = try? await connection.read(), !bytes.isEmpty else { return }
      owner.receive(bytes, from: session)
    }
  }

  private func write<Owner: SessionOwner>(
    _ session: Owner.SessionName, of owner: isolated Owner
  ) async {
    for await _ in output {
      while true {
        let bytes = owner.takeOutput(of: session)
        owner.outputWasTaken(of: session, isDrained: bytes.isEmpty)
        roomSignal.yield()
        guard !bytes.isEmpty else { break }
        guard (try? await connection.write(bytes)) != nil else { return }
      }
      if !owner.isOpen(session) { return }
    }
  }
}
