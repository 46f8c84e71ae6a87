public import MartletWire

/// What the stack's owner should know that concerns no socket.
public enum StackEvent: Equatable, Sendable, BitwiseCopyable {
  /// Nobody else on the link has the address: it can be used from now on (RFC 5227).
  case addressReady(IPv4Address, InterfaceID)
  /// Another host, named by its link address, claims an address of this one.
  ///
  /// An address that was still being probed is gone. One in use is kept and defended, at most once
  /// in ten seconds; when `defended` is false it was contested again within that time, and its
  /// owner should give it up (RFC 5227, section 2.4).
  case addressConflict(IPv4Address, InterfaceID, by: MACAddress, defended: Bool)
  /// A neighbour was asked three times for its link address and did not answer.
  case neighbourFailed(IPv4Address, InterfaceID)
}
