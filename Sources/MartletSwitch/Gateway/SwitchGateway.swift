internal import MartletDevice
internal import MartletFlow
internal import MartletGateway
internal import MartletHost
internal import MartletHouse
internal import MartletServices
internal import MartletStack
internal import MartletWire

/// A gateway that runs: a stack of its own on its bridge's port and, where it has one, its uplink's.
final class SwitchGateway: Sendable {
  let place: GatewayPlace
  let gateway: Gateway
  /// The translation; `nil` without.
  let uplink: Uplink?
  private let network: NetworkStack
  private let inside: InterfaceID
  private let outside: InterfaceID?

  /// Plugs it in. Throws a `NetworkError` when a forwarded port cannot be had, or the stack refuses what it
  /// was told.
  init(at place: GatewayPlace, on loop: EventLoop) async throws(NetworkError) {
    let options = place.options
    let routes = options.mode != .sockets
    self.place = place
    network = Gateway.makeNetwork(on: loop, routes: routes)
    inside = try await network.attach(
      place.inside.makePort(linkAddress: place.insideLink), acceptsAllDestinations: !routes
    ).interface
    var uplink: Uplink?
    var outside: InterfaceID?
    if routes, let cable = place.outside {
      let port = try cable.makePort(linkAddress: place.outsideLink)
      if options.mode == .nat {
        let translation = Uplink(inside: options.address, forwards: options.uplinkForwards)
        uplink = translation
        outside = try await network.attach(UplinkDevice(port, translation)).interface
      } else {
        outside = try await network.attach(port).interface
      }
    }
    self.uplink = uplink
    self.outside = outside
    gateway = try await Gateway(options.gatewayOptions, on: network, interface: inside)
    if options.mode != .nat {
      for forward in options.forwards {
        try await gateway.forward(
          GatewayForward(
            forward.isUDP ? .udp : .tcp,
            local: Endpoint(forward.listen ?? .loopback, port: forward.port),
            to: Endpoint(forward.guest, port: forward.guestPort)))
      }
    }
    if let outside, let address = options.uplinkAddress {
      try await network.addAddress(address, on: outside)
      if let router = options.uplinkGateway { try await network.addGateway(router) }
    }
  }

  /// Runs until the task is cancelled. `tell` hears of the outer address, `unspecified` while there is none.
  func run(_ tell: @Sendable (IPv4Address) async -> Void) async {
    var told: IPv4Address?
    if place.options.mode != .sockets, place.options.uplinkAddress == nil {
      // A lease may take long.
      told = .unspecified
      await tell(.unspecified)
    }
    while !Task.isCancelled {
      let address = await outerAddress()
      uplink?.address = address
      if address != told { await tell(address) }
      told = address
      await network.loop.sleep(for: .seconds(1))
    }
  }

  private func outerAddress() async -> IPv4Address {
    if let address = place.options.uplinkAddress { return address.address }
    guard let outside else { return .unspecified }
    if let lease = await network.lease(of: outside) { return lease.address.address }
    // Refused where it is asked for already and waits.
    let lease = try? await network.configureByDHCP(on: outside, timeout: .seconds(600))
    return lease?.address.address ?? .unspecified
  }

  /// Ends it: what it held is given back.
  func close() async {
    if let outside, place.options.uplinkAddress == nil { await network.releaseDHCP(on: outside) }
    await gateway.close()
    try? await network.detach(inside)
    if let outside { try? await network.detach(outside) }
  }
}

extension GatewayPortOptions {
  /// The ports of the outer address that lead inside.
  fileprivate var uplinkForwards: [UplinkForward] {
    forwards.map { forward in
      UplinkForward(
        forward.isUDP ? .udp : .tcp, ports: forward.port...forward.port, to: forward.guest,
        port: forward.guestPort)
    }
  }

  /// The same for the gateway's services.
  fileprivate var gatewayOptions: GatewayOptions {
    var options = plan.options(inside: address)
    options.carriesGuests = mode == .sockets
    options.reachesOutside = mode == .sockets
    for lease in plan.leases {
      if let name = lease.name { options.names.append(.init(name, lease.address)) }
    }
    return options
  }
}
