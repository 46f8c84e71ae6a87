public import MartletHouse
public import MartletWire

/// The options of a port of type `gateway`: the bridge's way out.
public struct GatewayPortOptions: Equatable, Sendable {
  /// How guests' packets get outside.
  public enum Mode: String, Sendable, CaseIterable {
    /// By the host's ordinary sockets, without any privilege.
    case sockets
    /// As they are, by a port of its own; the outside needs a route back.
    case routed
    /// By a port of its own, under that port's address.
    case nat
  }

  /// A port that leads to a guest's: of the host, or with `nat` of the outer address.
  public struct Forward: Equatable, Sendable {
    /// Whether it carries UDP; TCP otherwise.
    public var isUDP: Bool
    /// Where the host listens; `nil` for 127.0.0.1. Of no meaning with `nat`.
    public var listen: IPv4Address?
    /// The port there.
    public var port: UInt16
    /// The guest.
    public var guest: IPv4Address
    /// The guest's port.
    public var guestPort: UInt16
  }

  /// How guests' packets get outside.
  public var mode = Mode.sockets
  /// Its address inside, with the length of the guests' network.
  public var address: IPv4Prefix
  /// The port of type `memory` by which it leads outside, on another bridge; `nil` with `sockets`.
  public var uplink: String?
  /// Its address outside; `nil` asks by DHCP.
  public var uplinkAddress: IPv4Prefix?
  /// The next router outside, where the address is not asked for.
  public var uplinkGateway: IPv4Address?
  /// Whom it lends addresses to, and what guests may reach.
  public var plan = GatewayPlan()
  /// Ports that lead inside.
  public var forwards: [Forward] = []

  /// One by the host's sockets that does all it can.
  public init(address: IPv4Prefix) { self.address = address }
}

extension GatewayPortOptions.Forward {
  /// Reads `tcp:8080=10.20.0.5:80`, or `udp:0.0.0.0:53=10.20.0.5:53`.
  init?(_ text: String) {
    let sides = text.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2 else { return nil }
    let near = sides[0].split(separator: ":", omittingEmptySubsequences: false)
    let far = sides[1].split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(near.count), far.count == 2, near[0] == "tcp" || near[0] == "udp",
      let port = UInt16(near[near.count - 1]), port > 0,
      let guest = IPv4Address(String(far[0])), let guestPort = UInt16(far[1]), guestPort > 0
    else { return nil }
    isUDP = near[0] == "udp"
    if near.count == 3 {
      guard let address = IPv4Address(String(near[1])) else { return nil }
      listen = address
    }
    self.port = port
    self.guest = guest
    self.guestPort = guestPort
  }

  /// The same as text.
  var text: String {
    "\(isUDP ? "udp" : "tcp"):\(listen.map { "\($0):" } ?? "")\(port)=\(guest):\(guestPort)"
  }
}
