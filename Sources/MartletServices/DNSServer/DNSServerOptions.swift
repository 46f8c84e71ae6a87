public import MartletDevice
public import MartletWire

/// What a name server answers by itself, and how much it has to do at once.
public struct DNSServerOptions: Sendable {
  /// The server's own address, with the length of the network whose names it knows.
  public var server: IPv4Prefix
  /// The domain of those names; `nil` for names of one label alone.
  public var domain: DomainName?
  /// How long an answer about one of them may be kept.
  public var timeToLive = Interval.seconds(30)
  /// Whether questions about other names are handed to the owner; refused otherwise.
  public var forwards = true
  /// The names known at once.
  public var nameLimit = 512
  /// The questions that wait for the owner's answer at once; one client has at most a quarter.
  public var queryLimit = 256
  /// The TCP connections at once; one client has at most a quarter.
  public var streamLimit = 16
  /// How long a question may wait for the owner's answer, and a TCP connection be idle.
  public var patience = Interval.seconds(15)

  /// A server without a domain.
  public init(server: IPv4Prefix) { self.server = server }
}
