/// One of the small TCP services that hosts have offered since the early internet.
public enum StreamService: UInt8, CaseIterable, Sendable {
  /// Sends back what it gets (RFC 862).
  case echo
  /// Takes what it gets and says nothing (RFC 863).
  case discard
  /// Says the date and time and closes (RFC 867).
  case daytime
  /// Sends characters for as long as it is read (RFC 864).
  case chargen

  /// Its well-known port.
  public var port: UInt16 {
    switch self {
    case .echo: 7
    case .discard: 9
    case .daytime: 13
    case .chargen: 19
    }
  }
}
