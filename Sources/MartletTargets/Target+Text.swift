internal import MartletHost
internal import MartletWire

extension Target: CustomStringConvertible {
  /// Reads a target as Open vSwitch's tools write it.
  ///
  /// - Parameters:
  ///   - text: For example `ptcp:6640:127.0.0.1`.
  ///   - defaultPort: Taken when the text gives none.
  /// - Throws: What is wrong with which text, and what was expected.
  public init(_ text: String, defaultPort: UInt16) throws(TargetError) {
    guard let colon = text.firstIndex(of: ":") else { throw .unknownKind(text) }
    let rest = text[text.index(after: colon)...]
    switch text[..<colon] {
    case "tcp": self = .tcp(try Self.active(rest, defaultPort, text))
    case "ptcp": self = .passiveTCP(try Self.passive(rest, defaultPort, text))
    case "ssl": self = .tls(try Self.active(rest, defaultPort, text))
    case "pssl": self = .passiveTLS(try Self.passive(rest, defaultPort, text))
    case "unix": self = .unix(try Self.path(rest, text))
    case "punix": self = .passiveUnix(try Self.path(rest, text))
    default: throw .unknownKind(text)
    }
  }

  /// The text that `init(_:defaultPort:)` reads.
  public var description: String {
    switch self {
    case .tcp(let endpoint): "tcp:\(endpoint.address):\(endpoint.port)"
    case .passiveTCP(let endpoint): "ptcp:\(endpoint.port):\(endpoint.address)"
    case .unix(let path): "unix:\(path)"
    case .passiveUnix(let path): "punix:\(path)"
    case .tls(let endpoint): "ssl:\(endpoint.address):\(endpoint.port)"
    case .passiveTLS(let endpoint): "pssl:\(endpoint.port):\(endpoint.address)"
    }
  }

  /// HOST[:PORT]
  private static func active(
    _ rest: Substring, _ defaultPort: UInt16, _ text: String
  ) throws(TargetError) -> Endpoint {
    try refuseIPv6(rest, text)
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let port = parts.count == 2 ? try Self.port(parts[1], text) : defaultPort
    // A connection to port 0 cannot be.
    guard port != 0 else { throw .badPort(text) }
    return Endpoint(try address(parts[0], text), port: port)
  }

  /// [PORT][:HOST]
  private static func passive(
    _ rest: Substring, _ defaultPort: UInt16, _ text: String
  ) throws(TargetError) -> Endpoint {
    try refuseIPv6(rest, text)
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let port = parts[0].isEmpty ? defaultPort : try Self.port(parts[0], text)
    let host = parts.count == 2 ? try address(parts[1], text) : IPv4Address(127, 0, 0, 1)
    return Endpoint(host, port: port)
  }

  private static func refuseIPv6(_ rest: Substring, _ text: String) throws(TargetError) {
    guard !rest.contains("[") else { throw .unsupportedAddress(text) }
  }

  private static func address(
    _ host: Substring, _ text: String
  ) throws(TargetError) -> IPv4Address {
    guard let address = IPv4Address(ascii: host.utf8) else { throw .badAddress(text) }
    return address
  }

  private static func port(_ digits: Substring, _ text: String) throws(TargetError) -> UInt16 {
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
    else { throw .badPort(text) }
    return port
  }

  /// At most what a `sockaddr_un` holds with its closing zero byte.
  private static func path(_ rest: Substring, _ text: String) throws(TargetError) -> String {
    guard !rest.isEmpty, rest.utf8.count <= 107, !rest.utf8.contains(0) else {
      throw .badPath(text)
    }
    return String(rest)
  }
}
