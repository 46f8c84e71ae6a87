import MartletDevice
import MartletDissect
import MartletHost
import MartletSwitch

/// Who captures what crosses the ports of a switch.
actor SwitchCaptures {
  private let service: SwitchService
  /// The ports that are captured, and by how many.
  private var hubs: [String: (hub: CaptureHub, users: Int)] = [:]

  init(of service: SwitchService) { self.service = service }

  /// Sends a client what crosses a port, until it goes or has had `count` packets.
  func serve(
    _ port: String, count: Int, filter: PacketFilter, to client: KernelConnection
  ) async throws {
    let hub = try await begin(port)
    try? await client.write("ok\n")
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        try? await hub.run(filter: filter, limit: count) { try await client.write($0) }
      }
      // A client says nothing more: its end is what comes.
      group.addTask { while let bytes = try? await client.read(), !bytes.isEmpty {} }
      await group.next()
      group.cancelAll()
    }
    await end(port)
  }

  private func begin(_ port: String) async throws -> CaptureHub {
    if let (hub, users) = hubs[port] {
      hubs[port] = (hub, users + 1)
      return hub
    }
    let hub = CaptureHub(.ethernet, name: port)
    hubs[port] = (hub, 1)
    do throws(SwitchError) {
      try await service.capture(port, into: hub)
    } catch {
      hubs[port] = nil
      throw error
    }
    return hub
  }

  private func end(_ port: String) async {
    guard let (hub, users) = hubs[port] else { return }
    hubs[port] = users > 1 ? (hub, users - 1) : nil
    // Nobody captures any more: frames pass without a look. A port that has gone needs no end.
    if users == 1 { await service.endCapture(port) }
  }
}
