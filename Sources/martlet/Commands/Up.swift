import ArgumentParser
import MartletDevice
import MartletGateway
import MartletHost
import MartletHouse
import MartletStack
import MartletWire

/// `martlet up`: a whole house, which `./run` starts.
struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring up a house: nodes on a virtual network, a page on localhost.",
    discussion: """
      Without a file the built-in house comes up: a web server, an echo node, valves, a light, an \
      alarm and a car, each on a TCP/IP stack of its own, on an Ethernet segment in memory, and a hub \
      whose pages work them. The page's address is printed when it \
      answers. Ctrl-C ends it. No root is needed, except for --tap with a TAP that is not there yet.

      A house file is YAML:

        name: home
        network: 10.77.0.0/24
        nodes:
          - { name: web, kind: web, address: 10.77.0.10 }
          - { name: echo, kind: services, address: 10.77.0.20 }
        gateway: { domain: home.internal }
        forwards:
          - { node: web, port: 80, local: 8080 }

      The gateway lends addresses, knows the nodes' names and leads to the outside by ordinary sockets \
      of this user; what belongs to this host itself stays closed unless 'allow' opens it. \
      Documentation/Gateway.md has all its settings.

      With --tap the host's own kernel joins the network, under its first address: then \
      "ping 10.77.0.10" works. The TAP can be made once for a user without root:

        sudo ip tuntap add dev tap0 mode tap user $USER
      """)

  @Argument(help: ArgumentHelp("The house file.", valueName: "house.yaml"))
  var file: String?

  @Option(help: ArgumentHelp("The TAP by which the host's kernel joins.", valueName: "name"))
  var tap: String?

  @Option(
    help: ArgumentHelp(
      "The port of localhost for the first forward (default: 8080 or the next free).",
      valueName: "port"))
  var port: UInt16?

  func validate() throws {
    guard port != 0 else { throw ValidationError("--port: expected 1 to 65535") }
  }

  func run() async throws {
    let house = try file.map(HouseLoader.load) ?? .demonstration
    DescriptorLimit.raise()
    if port != nil, house.forwards.isEmpty {
      throw Failure(.usage, "--port: the house has no 'forwards' that it could be for")
    }
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    try Signals.onEnd { end.yield() }
    let loop = try EventLoop(name: "martlet-house")
    let running = try await RunningHouse(house, tap: tap, port: port, loop: loop) { name, news in
      if case .addressConflict(let address, let other) = news {
        Terminal.complain("\(name): \(address) is claimed by \(other) too; change one of both")
      }
    }
    let (readiness, ready) = AsyncStream.makeStream(of: Void.self)
    let living = Task { await running.run { ready.finish() } }
    announce(running)
    let watching = Task { await watch(running, hubIsReady: readiness, loop: loop) }
    _ = await ends.first { _ in true }
    watching.cancel()
    living.cancel()
    await watching.value
    await living.value
    Terminal.say("The house is down.")
  }

  private func announce(_ running: RunningHouse) {
    let house = running.house
    let tap = tap.map { "; this host joins by \($0)" } ?? ""
    Terminal.say("House '\(house.name)' on \(house.network)\(tap)")
    for node in running.nodes {
      let services = Self.services(of: node.plan)
      Terminal.say(
        "  \(node.controlName)  \(node.plan.address)  \(services)echo 7, discard 9, daytime 13, "
          + "chargen 19")
    }
    if let gateway = running.gateway { Terminal.say(gateway.text) }
  }

  /// A port of this host as a person would type it.
  private static func name(_ local: Endpoint) -> String {
    local.address == .loopback ? "localhost:\(local.port)" : "\(local)"
  }

  /// What a node has beside the small services. Whom it obeys is said too.
  private static func services(of plan: NodePlan) -> String {
    let terms =
      plan.isOpen ? "not paired: anyone on this network commands it" : "paired with the hub"
    return switch plan.kind {
    case .services: ""
    case .web: "web page on port 80, "
    case .irrigation: "four valves by DWN (\(terms)), "
    case .led: "a light by DWN (\(terms)), "
    case .alarm: "two alarm inputs by DWN (\(terms)), "
    case .presence: "a presence beacon by DWN (\(terms)), "
    }
  }

  /// Says where pages are when they answer, and shows what moves for as long as it is asked to.
  private func watch(
    _ running: RunningHouse, hubIsReady: AsyncStream<Void>, loop: EventLoop
  ) async {
    for (forwarder, forward) in running.forwarders {
      let kind = running.house.nodes.first { $0.name == forward.node }?.kind
      guard kind == .web, forward.port == 80 else {
        Terminal.say("\(Self.name(forwarder.local)) leads to \(forwarder.remote)")
        continue
      }
      while !Task.isCancelled, await !forwarder.answers(on: loop) {
        await loop.sleep(for: .milliseconds(50))
      }
      if Task.isCancelled { return }
      Terminal.say("http://localhost:\(forwarder.local.port)/")
    }
    if let hub = running.hub {
      for await _ in hubIsReady {}
      if Task.isCancelled { return }
      Terminal.say("The hub's pages; this link signs in once:\n  \(hub.link)")
    }
    guard Terminal.isInteractive else { return }
    Terminal.say("Ctrl-C ends it.\n")
    var view = LiveView(running)
    while !Task.isCancelled {
      await view.draw()
      await loop.sleep(for: .seconds(1))
    }
  }
}
