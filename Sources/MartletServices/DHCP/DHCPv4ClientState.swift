/// Where a DHCP client stands (RFC 2131, figure 5).
public enum DHCPv4ClientState: UInt8, Sendable, BitwiseCopyable {
  /// It does nothing.
  case stopped
  /// It has given its address back and will stop.
  case releasing
  /// INIT: it waits to begin.
  case initial
  /// SELECTING: it looks for servers.
  case selecting
  /// REQUESTING: it has asked for what one of them offered.
  case requesting
  /// REBOOTING: it has asked for the address of an earlier life.
  case rebooting
  /// It has a lease and asks whether another host has the address.
  case checking
  /// BOUND: the address is in use.
  case bound
  /// RENEWING: its server is asked to extend the lease.
  case renewing
  /// REBINDING: any server is.
  case rebinding
}
