import CPlatform
import MartletDevice
import MartletDrivers
import MartletNodes
import MartletStack
import MartletWire

/// The network of this machine: its cards and its stack, which one thread owns, the softIRQ.
///
/// What other threads want of it arrives by rings; nothing here is locked.
final class Network {
  private var permanentStack: Permanent<Stack>
  private(set) var attachments: [any Attachment] = []
  /// The sockets of threads.
  let sockets = SocketService(
    capacity: 320, connectionCount: Network.configuration.connectionCount)

  /// The web server on port 80, which lives where the stack does: an answer needs no thread.
  private var web: Permanent<WebServer<NodeSite>>?

  /// The DHCP clients, one for each card that wants one.
  private var leases: [LeaseKeeper] = []
  /// Who finds addresses by name.
  let names = NameService(servers: Network.nameServers)
  /// What threads want done; with interrupts masked.
  var requests: [NetworkRequest] = []

  /// The network, once it has started.
  @safe nonisolated(unsafe) private(set) static var shared: Network?

  private init(seed: Seed) {
    permanentStack = Permanent(Stack(configuration: Self.configuration, seed: seed))
  }

  var stack: Stack {
    _read { yield permanentStack.value }
    _modify { yield &permanentStack.value }
  }

  /// Finds the cards, gives them addresses and starts the softIRQ: what others call `net_init`.
  static func start() {
    let network = Network(seed: Entropy.seed())
    network.attachLoopback()
    CardFinder.forEach(Self.identifiers) { function in network.attach(function) }
    if network.attachments.count == 1 { log("net: no card that this kernel drives") }
    network.configure()
    network.startWebServer()
    SoftIRQ.start { network.process() }
    shared = network
    log("net: ready")
  }

  /// The sizes of the stack: a machine with 32 MB must do.
  private static var configuration: Configuration {
    var sizes = Configuration()
    sizes.blockSize = 2048
    sizes.blockCount = 768
    sizes.packetCount = 512
    sizes.addressCount = 16
    sizes.routeCount = 32
    sizes.neighbourCount = 128
    sizes.pathCount = 64
    sizes.reassemblyCount = 8
    sizes.reassemblyByteLimit = 256 << 10
    sizes.groupCount = 16
    sizes.connectionCount = 256
    sizes.halfOpenCount = 256
    sizes.timeWaitCount = 512
    sizes.listenerCount = 16
    sizes.udpSocketCount = 32
    sizes.echoSocketCount = 4
    sizes.rangeCount = 2048
    sizes.interfaceQueueByteLimit = 256 << 10
    sizes.sendBufferLimit = 64 << 10
    sizes.receiveBufferLimit = 64 << 10
    sizes.receiveBufferMaximum = 256 << 10
    sizes.forwarding = Kernel.commandLine.has("forward")
    return sizes
  }

  // MARK: Start

  private func attachLoopback() {
    let device = LoopbackDevice(maximumTransmissionUnit: 1500, frameCount: 32)
    guard let interface = try? stack.addInterface(device.capabilities) else { return }
    try? stack.addAddress(IPv4Prefix(.loopback, length: 8), on: interface)
    attachments.append(AttachedLoopback(device, interface: interface))
  }

  private static let identifiers =
    RTL8139<PortRegisters>.identifiers + VirtioNet<MappedRegisters>.identifiers

  private func attach(_ function: PCIFunction) {
    do throws(CardFailure) {
      if RTL8139<PortRegisters>.identifiers.contains(function.identifier) {
        let card = try RTL8139(
          registers: try CardFinder.ports(of: function), memory: DMAFrames())
        attach(card, at: function, model: "RTL8139")
      } else {
        // What is forwarded leaves by a card that may have no offload.
        let messages = MessageSource(function)
        let card = try VirtioNet(
          try CardFinder.virtio(of: function), memory: DMAFrames(),
          receivesOffloads: !Kernel.commandLine.has("forward"),
          sendsMessages: messages != nil)
        let agreed = card.sendsMessages ? messages : nil
        if agreed == nil { messages?.disable() }
        attach(card, at: function, model: "virtio-net", messages: agreed)
      }
    } catch {
      log("net: the card at \(function.address) is left alone: \(reason(error))")
    }
  }

  private func attach<Card: NetworkCard & ~Copyable>(
    _ card: consuming Card, at function: PCIFunction, model: StaticString,
    messages: MessageSource? = nil
  ) {
    let name = InterfaceName(cardIndex: attachments.count - 1)
    let address = card.capabilities.linkAddress
    guard let interface = try? stack.addInterface(card.capabilities) else {
      return log("net: no room for the card at \(function.address)")
    }
    let attached = AttachedCard(card, name: name, interface: interface)
    let handler = attached.makeInterruptHandler()
    guard
      messages?.listen({ _ = handler() })
        ?? Interrupts.listen(line: function.interruptLine, handler)
    else {
      try? stack.removeInterface(interface)
      return log("net: the card at \(function.address) has no interrupt line")
    }
    attachments.append(attached)
    if messages != nil {
      log("net: \(name): \(model) at \(function.address), messages, \(address)")
    } else {
      log(
        "net: \(name): \(model) at \(function.address), line \(function.interruptLine), \(address)"
      )
    }
  }

  /// Gives the cards what the command line has for them.
  private func configure() {
    for attachment in attachments {
      guard let index = attachment.name.cardIndex else { continue }
      switch CardPlan(index, in: Kernel.commandLine) {
      case .address(let prefix): add(prefix, to: attachment)
      case .lease:
        let keeper = LeaseKeeper(for: attachment)
        keeper.start(on: &stack, now: Clock.now)
        leases.append(keeper)
      case .none: break
      case .unreadable:
        log(
          "net: \(attachment.name): ip= wants ADDRESS/LENGTH, as in ip=192.0.2.1/24, or dhcp, or none"
        )
      }
    }
    guard let range = Kernel.commandLine.value(of: "gw") else { return }
    guard let gateway = IPv4Address(ascii: Kernel.commandLine.bytes(range)) else {
      return log("net: gw= wants an address, as in gw=192.0.2.254")
    }
    do throws(StackError) {
      try stack.addRoute(to: IPv4Prefix(.unspecified, length: 0), via: gateway)
      log("net: default route through \(gateway)")
    } catch {
      log("net: gw=\(gateway) lies in no network of this machine")
    }
  }

  private func add(_ prefix: IPv4Prefix, to attachment: any Attachment) {
    do throws(StackError) {
      try stack.addAddress(prefix, on: attachment.interface)
      log("net: \(attachment.name) has \(prefix)")
    } catch {
      log("net: \(attachment.name) cannot have \(prefix)")
    }
  }

  private func startWebServer() {
    // The first card's, or the loopback's where there is none.
    guard let attachment = attachments.count > 1 ? attachments[1] : attachments.first else {
      return
    }
    var address = IPv4Address.unspecified
    stack.forEachAddress(on: attachment.interface) { address = $0.address }
    let site = NodeSite(
      NodeIdentity(
        name: Self.name, address: address, linkAddress: attachment.linkAddress),
      interface: attachment.interface, start: .zero)
    do throws(StackError) {
      var limits = WebLimits()
      limits.connectionCount = 128
      limits.pieceLength = 8192
      web = Permanent(
        try WebServer(
          site, at: Endpoint(.unspecified, port: 80), on: &stack,
          connectionCount: Self.configuration.connectionCount, limits: limits))
    } catch {
      log("net: the web server cannot listen on port 80")
    }
  }

  /// `dns=ADDRESS`, where no lease says who to ask.
  private static var nameServers: [IPv4Address] {
    guard let range = Kernel.commandLine.value(of: "dns"),
      let server = IPv4Address(ascii: Kernel.commandLine.bytes(range))
    else { return [] }
    return [server]
  }

  /// What the machine calls itself.
  private static var name: [UInt8] {
    if let range = Kernel.commandLine.value(of: "name") { return Kernel.commandLine.bytes(range) }
    return [0x6D, 0x61, 0x72, 0x74, 0x6C, 0x65, 0x74]  // martlet
  }

  // MARK: Rounds

  /// One round of the softIRQ over all cards: what others call `net_process`.
  private func process() -> SoftIRQ.Outcome {
    let now = Clock.now
    stack.poll(now: now)
    var hasMore = sockets.takeCommands(&stack, now: now)
    for attachment in attachments where attachment.process(&stack, now: now) { hasMore = true }
    serveRequests(now)
    serveEvents(now)
    sockets.expire()
    sockets.finishPolls(on: &stack)
    for attachment in attachments where attachment.flush(&stack, now: now) { hasMore = true }
    removeDead()
    if !hasMore {
      for attachment in attachments where attachment.rearm() { hasMore = true }
    }
    var deadline = earliest(stack.nextDeadline, sockets.nextDeadline)
    deadline = earliest(deadline, web?.value.nextDeadline)
    deadline = earliest(deadline, names.nextDeadline)
    for lease in leases { deadline = earliest(deadline, lease.nextDeadline) }
    for attachment in attachments { deadline = earliest(deadline, attachment.nextDeadline) }
    return SoftIRQ.Outcome(hasMore: hasMore, nextDeadline: deadline)
  }

  /// How the console calls an interface of the stack.
  func name(of interface: InterfaceID) -> InterfaceName {
    attachments.first { $0.interface == interface }?.name ?? InterfaceName(cardIndex: nil)
  }

  /// Hands on what sockets have to say: the web server's to it, everybody else's to the threads.
  private func serveEvents(_ now: Instant) {
    web?.value.poll(on: &stack, now: now)
    while let event = stack.nextStackEvent() {
      for lease in leases { lease.handle(event, on: &stack, now: now) }
      tell(event)
    }
    while let event = stack.nextEvent() {
      if web?.value.handle(event, on: &stack, now: now) ?? false { continue }
      if names.handle(event, on: &stack, now: now) { continue }
      if leases.contains(where: { $0.handle(event, on: &stack, now: now) }) { continue }
      sockets.handle(event, on: &stack)
    }
    for lease in leases {
      if let servers = lease.poll(on: &stack, now: now) { names.setServers(servers) }
    }
    names.poll(on: &stack, now: now)
  }

  private func tell(_ event: StackEvent) {
    // Told when it is defended, at most once in ten seconds: the serial line is slow, and a stranger
    // may claim the address as often as it likes.
    if case .addressConflict(let address, _, let other, defended: true) = event {
      log("net: \(other) claims \(address), which is ours")
    }
  }

  /// Takes down the cards that have failed; the rest go on.
  private func removeDead() {
    for index in stride(from: attachments.count - 1, through: 0, by: -1) {
      guard case .dead(let failure) = attachments[index].state else { continue }
      log("net: \(attachments[index].name) is taken down: \(reason(failure))")
      try? stack.removeInterface(attachments[index].interface)
      attachments.remove(at: index)
    }
  }
}

private func earliest(_ a: Instant?, _ b: Instant?) -> Instant? {
  guard let a, let b else { return a ?? b }
  return min(a, b)
}

/// Why a card is not used, in words.
private func reason(_ failure: CardFailure) -> StaticString {
  switch failure {
  case .gone: "its registers read as all ones"
  case .resetStalled: "it does not come out of a reset"
  case .transmitStalled: "it has a link and sends nothing"
  case .corruptRing: "what it wrote into its rings cannot be"
  case .unsupported: "it does not offer what the driver needs"
  case .noMemory: "there is no memory for its rings"
  }
}
