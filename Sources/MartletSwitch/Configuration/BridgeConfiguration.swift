public import MartletWire

/// One bridge: a forwarding plane of its own.
public struct BridgeConfiguration: Equatable, Sendable {
  /// Its name, which its own port has too.
  public var name: String
  /// What controllers know it by.
  public var datapathID: UInt64
  /// Its Ethernet address.
  public var linkAddress: MACAddress
  /// Its ports, in the order in which they were added.
  public var ports: [PortConfiguration] = []
  /// Whether its own port is a device of the host (`internal`).
  public var hasHostPort = true
  /// The address of its own port.
  public var address: IPv4Prefix?
  /// What it does while no controller answers.
  public var failMode = FailMode.standalone
  /// Who decides: `tcp:HOST:PORT`, `unix:PATH`, `ptcp:PORT`.
  public var controllers: [String] = []
  /// Whether ports that lead to each other are looked for, and one of them blocked; `nil` for a bridge that
  /// decides by itself, and not for one of which controllers do.
  public var guardsLoops: Bool?

  /// A bridge without ports.
  public init(name: String, datapathID: UInt64, linkAddress: MACAddress) {
    self.name = name
    self.datapathID = datapathID
    self.linkAddress = linkAddress
  }

  /// What a bridge does while no controller answers.
  public enum FailMode: String, Sendable, CaseIterable {
    /// It learns and forwards by itself.
    case standalone
    /// It keeps to the flows it has.
    case secure
  }

  /// Whether it looks for loops: what is said, or whether it is its own master.
  var looksForLoops: Bool { guardsLoops ?? (failMode == .standalone && controllers.isEmpty) }

  /// Its own port, as a device of the host.
  var hostPort: PortConfiguration {
    var options = PortKind.InternalOptions()
    options.address = address
    options.linkAddress = linkAddress
    return PortConfiguration(
      name: name, number: PortConfiguration.localNumber, kind: .internal(options))
  }

  /// The port of that name.
  public subscript(port name: String) -> PortConfiguration? {
    get { ports.first { $0.name == name } }
    set {
      let index = ports.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let port?): ports[index] = port
      case (let index?, nil): ports.remove(at: index)
      case (nil, let port?): ports.append(port)
      case (nil, nil): break
      }
    }
  }

  /// The lowest number that no port has; `nil` when there is none.
  public var freeNumber: UInt16? {
    let taken = Set(ports.map(\.number))
    return (1...PortConfiguration.numberLimit).first { !taken.contains($0) }
  }
}
