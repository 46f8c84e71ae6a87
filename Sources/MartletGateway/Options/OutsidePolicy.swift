public import MartletWire

/// Where guests may go by the host's sockets.
///
/// A socket of the host reaches what no guest should: services that listen on 127.0.0.1 only, those
/// that the host's firewall hides from others but not from itself, and the metadata server of a cloud
/// at 169.254.169.254. All of these are off unless allowed.
public struct OutsidePolicy: Equatable, Sendable {
  /// Whether the gateway's own address leads to the host's 127.0.0.1, port by port, where the gateway
  /// itself does not answer. Guests reach no other address of 127.0.0.0/8, whatever this says.
  public var allowsHostLoopback = false
  /// Whether guests may use the host's other addresses, which lead to services of the host itself and
  /// past its firewall.
  public var allowsHostAddresses = false
  /// Whether guests may use 169.254.0.0/16.
  public var allowsLinkLocal = false
  /// Networks that guests may not use.
  public var refused: [IPv4Prefix] = []

  /// Everything outside, and nothing of the host's own.
  public init() {}
}
