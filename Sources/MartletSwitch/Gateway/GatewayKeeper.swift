internal import MartletDevice
internal import MartletFlow
internal import MartletGateway
internal import MartletHost
internal import MartletServices
internal import MartletWire

/// Runs the gateways of all bridges, and tries again what cannot be had.
actor GatewayKeeper {
  nonisolated let loop: EventLoop
  private let log: @Sendable (String) -> Void
  private var entries: [String: Entry] = [:]
  private var generation = 0

  private struct Entry {
    let place: GatewayPlace
    let generation: Int
    var task: Task<Void, Never>?
    var gateway: SwitchGateway?
    var status = GatewayStatus()
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  init(on loop: EventLoop, log: @escaping @Sendable (String) -> Void) {
    self.loop = loop
    self.log = log
  }

  /// Lets these run, and no others. Those that are what they were go on.
  func reconcile(_ places: [GatewayPlace]) {
    for (name, entry) in entries {
      if let place = places.first(where: { $0.name == name }), place.isSame(as: entry.place) {
        continue
      }
      entry.task?.cancel()
      if !places.contains(where: { $0.name == name }) { entries[name] = nil }
    }
    for place in places {
      let old = entries[place.name]
      if let old, old.place.isSame(as: place) { continue }
      generation += 1
      let generation = generation
      entries[place.name] = Entry(place: place, generation: generation)
      entries[place.name]?.task = Task {
        // The old one's ports and addresses must be free first.
        await old?.task?.value
        await run(place, generation)
      }
    }
  }

  /// Ends all.
  func stop() async {
    let tasks = entries.values.compactMap(\.task)
    entries = [:]
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  /// How a gateway does; `nil` where there is none of that name.
  func status(of name: String) async -> GatewayStatus? {
    guard let entry = entries[name] else { return nil }
    var status = entry.status
    if let gateway = entry.gateway {
      status.conversations =
        await gateway.gateway.flows.count + (gateway.uplink?.translator.tracker.count ?? 0)
      status.leases = await gateway.gateway.leases.map { lease in
        GatewayStatus.Lease(
          address: lease.address.description, linkAddress: lease.linkAddress.description,
          name: String(decoding: lease.name, as: UTF8.self))
      }
    }
    return status
  }

  /// The translation of a gateway; `nil` where there is none.
  func uplink(of name: String) -> Uplink? { entries[name]?.gateway?.uplink }

  private func run(_ place: GatewayPlace, _ generation: Int) async {
    while !Task.isCancelled {
      if let uplink = place.options.uplink, place.outside == nil {
        note(place, generation, problem: "there is no port '\(uplink)' of type memory; add one")
        // Its port's coming is another place.
        return
      }
      do throws(NetworkError) {
        let gateway = try await SwitchGateway(at: place, on: loop)
        if entries[place.name]?.generation == generation {
          entries[place.name]?.gateway = gateway
        }
        await gateway.run { address in await self.note(place, generation, outside: address) }
        await gateway.close()
      } catch {
        note(place, generation, problem: error.description)
      }
      await loop.sleep(for: .seconds(1))
    }
  }

  private func note(_ place: GatewayPlace, _ generation: Int, problem: String) {
    guard entries[place.name]?.generation == generation,
      entries[place.name]?.status.problem != problem
    else { return }
    entries[place.name]?.status.problem = problem
    log("gateway \(place.name): \(problem)")
  }

  private func note(_ place: GatewayPlace, _ generation: Int, outside: IPv4Address) {
    guard entries[place.name]?.generation == generation else { return }
    entries[place.name]?.status = GatewayStatus(place.options, outside: outside)
    guard place.options.mode != .sockets else { return }
    let status = GatewayStatus(place.options, outside: outside)
    log("gateway \(place.name): \(status.advice ?? status.problem ?? "is \(outside) outside")")
  }
}
