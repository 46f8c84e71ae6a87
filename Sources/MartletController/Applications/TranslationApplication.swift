internal import MartletFlow
internal import MartletOpenFlow
public import MartletWire

/// Many addresses behind one, by flows that set fields: a pair for each connection of TCP or UDP.
///
/// The application is the router: it answers ARP for its two addresses, learns who is where from the frames
/// it is asked about, and asks for the gateway. The switch needs OpenFlow 1.0 and no connection tracking.
public struct TranslationApplication: ControllerApplication {
  /// Which addresses, where.
  public struct Settings: Sendable {
    /// The name or number of the port that leads outside.
    public var outsidePort: String
    /// The address that all have outside, and its network.
    public var outside: IPv4Prefix
    /// The router outside.
    public var gateway: IPv4Address
    /// The gateway's address inside, and its network.
    public var inside: IPv4Prefix
    /// Seconds without a frame after which a connection's flows go.
    public var idleTimeout: UInt16

    /// Takes them all.
    public init(
      outsidePort: String, outside: IPv4Prefix,
      gateway: IPv4Address, inside: IPv4Prefix,
      idleTimeout: UInt16
    ) {
      self.outsidePort = outsidePort
      self.outside = outside
      self.gateway = gateway
      self.inside = inside
      self.idleTimeout = idleTimeout
    }
  }

  struct Host {
    var address: MACAddress
    var port: PortNumber
  }

  struct Connection: Hashable {
    let ipProtocol: UInt8
    let host: IPv4Address
    let port: UInt16
  }

  private let settings: Settings
  private var outsidePort: PortNumber?
  private var hardwareAddress = MACAddress.zero
  private var gateway: MACAddress?
  private var hosts: [IPv4Address: Host] = [:]
  private var ports: [Connection: UInt16] = [:]
  private var owners: [UInt16: Connection] = [:]
  private var nextPort: UInt16 = Self.portRange.lowerBound

  /// The ports that connections have outside; hosts that one switch may have inside.
  private static var portRange: ClosedRange<UInt16> { 32_768...60_999 }
  private static var hostLimit: Int { 4096 }

  /// Takes the settings.
  public init(_ settings: Settings) { self.settings = settings }

  // MARK: Events

  /// Begins with a switch that knows nothing.
  public mutating func begin(_ bridge: inout BridgeControl) throws(ControllerError) {
    let number = UInt32(settings.outsidePort).map { PortNumber($0) }
    guard
      let port = bridge.port(named: settings.outsidePort)
        ?? bridge.ports.first(where: { $0.number == number })
    else {
      throw .badFlow(settings.outsidePort, reason: "the switch has no port of this name or number")
    }
    outsidePort = port.number
    // Its own, and not the one that the bridge's own port most likely has: Open vSwitch keeps that one's
    // answers from the controller.
    let number48 = bridge.datapathID & 0xffff_ffff_ffff ^ 0x004d_0000_0000
    hardwareAddress = MACAddress(rawValue: number48 & ~0x0100_0000_0000 | 0x0200_0000_0000)
    (gateway, hosts, ports, owners) = (nil, [:], [:], [:])
    try bridge.deleteFlows()
    try bridge.addFlow(priority: 0, actions: [.askController])
    // Between hosts inside there is nothing to translate.
    var local = FlowMatch()
    local.set(.etherType, 0x0800)
    local.set(.ipv4Destination, UInt128(settings.inside.address.rawValue))
    try bridge.addFlow(local, priority: 2, actions: [.askController])
    var inside = FlowMatch()
    inside.set(.etherType, 0x0800)
    inside.set(
      .ipv4Destination, UInt128(settings.inside.address.rawValue),
      mask: UInt128(settings.inside.mask))
    try bridge.addFlow(inside, priority: 1, actions: [.output(.normal, maxLength: 0)])
    try askForGateway(&bridge)
  }

  /// Decides over a frame, and over those like it.
  public mutating func receive(
    _ packet: ReceivedPacket, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    guard let outsidePort else { return }
    let isOutside = packet.inPort == outsidePort
    switch packet.etherType {
    case 0x0806: try receiveARP(packet, isOutside: isOutside, &bridge)
    case 0x0800 where !isOutside: try open(packet, to: outsidePort, &bridge)
    // What comes from outside unasked is for nobody.
    default: return
    }
  }

  // MARK: ARP

  private mutating func receiveARP(
    _ packet: ReceivedPacket, isOutside: Bool, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    let sender = IPv4Address(rawValue: UInt32(truncatingIfNeeded: packet.fields[.arpSenderAddress]))
    let target = IPv4Address(rawValue: UInt32(truncatingIfNeeded: packet.fields[.arpTargetAddress]))
    let address = MACAddress(rawValue: UInt64(packet.fields[.arpSenderMAC]))
    if isOutside {
      if sender == settings.gateway { gateway = address }
    } else {
      learn(sender, address, packet.inPort)
    }
    let own = isOutside ? settings.outside.address : settings.inside.address
    if packet.fields[.arpOperation] == 1, target == own {
      let reply = arp(operation: 2, from: own, to: sender, at: address)
      try bridge.send(reply, actions: [.output(packet.inPort, maxLength: 0)])
    } else if !isOutside {
      // Hosts inside find each other; the port outside hears nothing of it.
      let others = bridge.ports.map(\.number).filter { $0 != packet.inPort && $0 != outsidePort }
      try bridge.send(
        packet.frame, from: packet.inPort, actions: others.map { .output($0, maxLength: 0) })
    }
  }

  private mutating func learn(_ host: IPv4Address, _ address: MACAddress, _ port: PortNumber) {
    guard settings.inside.contains(host), address.isUnicast,
      hosts.count < Self.hostLimit || hosts[host] != nil
    else { return }
    hosts[host] = Host(address: address, port: port)
  }

  private func askForGateway(_ bridge: inout BridgeControl) throws(ControllerError) {
    guard let outsidePort else { return }
    let request = arp(
      operation: 1, from: settings.outside.address, to: settings.gateway, at: .broadcast)
    try bridge.send(request, actions: [.output(outsidePort, maxLength: 0)])
  }

  /// A whole frame; a question is for everybody and names no target's hardware.
  private func arp(
    operation: UInt8, from sender: IPv4Address, to target: IPv4Address, at address: MACAddress
  ) -> [UInt8] {
    func bytes(_ address: MACAddress) -> [UInt8] {
      (0..<6).map { UInt8(truncatingIfNeeded: address.rawValue >> UInt64(40 - 8 * $0)) }
    }
    func bytes(_ address: IPv4Address) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: address.rawValue >> UInt32(24 - 8 * $0)) }
    }
    var frame = bytes(address) + bytes(hardwareAddress) + [8, 6, 0, 1, 8, 0, 6, 4, 0, operation]
    frame += bytes(hardwareAddress) + bytes(sender)
    frame += bytes(operation == 1 ? MACAddress.zero : address) + bytes(target)
    return frame + [UInt8](repeating: 0, count: 60 - frame.count)
  }

  // MARK: Connections

  private mutating func open(
    _ packet: ReceivedPacket, to outsidePort: PortNumber, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    let ipProtocol = UInt8(truncatingIfNeeded: packet.fields[.ipProtocol])
    let source = IPv4Address(rawValue: UInt32(truncatingIfNeeded: packet.fields[.ipv4Source]))
    let target = IPv4Address(rawValue: UInt32(truncatingIfNeeded: packet.fields[.ipv4Destination]))
    learn(source, packet.source, packet.inPort)
    // Fragments but the first have no ports, and there is nobody here who would put them together.
    guard ipProtocol == 6 || ipProtocol == 17, packet.fields[.ipFragment] == 0,
      target != settings.inside.address, target.isUnicast, let host = hosts[source]
    else { return }
    guard let gateway else { return try askForGateway(&bridge) }
    let connection = Connection(
      ipProtocol: ipProtocol, host: source,
      port: UInt16(truncatingIfNeeded: packet.fields[.transportSource]))
    guard let port = allocate(connection) else { return }

    // Back first: the answer may be faster than the next message.
    var back = FlowMatch()
    back.set(.inPort, UInt128(outsidePort.rawValue))
    back.set(.etherType, 0x0800)
    back.set(.ipProtocol, UInt128(ipProtocol))
    back.set(.ipv4Source, UInt128(target.rawValue))
    back.set(.ipv4Destination, UInt128(settings.outside.address.rawValue))
    back.set(.transportSource, packet.fields[.transportDestination])
    back.set(.transportDestination, UInt128(port))
    try bridge.addFlow(
      back, priority: 10, idleTimeout: settings.idleTimeout,
      actions: [
        set(.ethernetSource, UInt128(hardwareAddress.rawValue)),
        set(.ethernetDestination, UInt128(host.address.rawValue)),
        set(.ipv4Destination, UInt128(source.rawValue)),
        set(.transportDestination, UInt128(connection.port)),
        .output(host.port, maxLength: 0),
      ])
    let out: [Action] = [
      set(.ethernetSource, UInt128(hardwareAddress.rawValue)),
      set(.ethernetDestination, UInt128(gateway.rawValue)),
      set(.ipv4Source, UInt128(settings.outside.address.rawValue)),
      set(.transportSource, UInt128(port)), .output(outsidePort, maxLength: 0),
    ]
    let match = packet.match(
      .inPort, .etherType, .ipProtocol, .ipv4Source, .ipv4Destination, .transportSource,
      .transportDestination)
    try bridge.addFlow(match, priority: 10, idleTimeout: settings.idleTimeout, actions: out)
    try bridge.send(packet.frame, from: packet.inPort, actions: out)
  }

  private func set(_ field: Field, _ value: UInt128) -> Action {
    .setField(field, value: value, mask: (1 << UInt128(field.width)) - 1)
  }

  /// The port that a host's port has outside. When all are taken the one that was given first is given anew:
  /// its flows have most likely gone.
  private mutating func allocate(_ connection: Connection) -> UInt16? {
    if let port = ports[connection] { return port }
    let port = nextPort
    nextPort = port == Self.portRange.upperBound ? Self.portRange.lowerBound : port + 1
    if let old = owners[port] { ports[old] = nil }
    ports[connection] = port
    owners[port] = connection
    return port
  }
}
