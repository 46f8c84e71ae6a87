internal import MartletDevice
internal import MartletWire

/// One address of one interface, and how far its claim has come (RFC 5227).
struct InterfaceAddress: BitwiseCopyable {
  /// The address with its network's length.
  var prefix = IPv4Prefix(.unspecified, length: 0)
  /// The interface that owns it.
  var interface = 0
  /// How far the claim has come.
  var claim = Claim.settled
  /// When the claim goes on.
  var deadline = Instant.distantFuture
  /// From when on the address may be defended again.
  var nextDefence = Instant.zero

  /// The address itself.
  var address: IPv4Address { prefix.address }
  /// Whether it may be used: it is not merely asked for.
  var isUsable: Bool {
    if case .probing = claim { return false }
    return true
  }

  /// How far an address has been claimed on its link.
  enum Claim: Equatable, BitwiseCopyable {
    /// Whether somebody has it is being asked; `sent` probes have gone out.
    case probing(sent: UInt8)
    /// It is ours, and `sent` announcements of that have gone out.
    case announcing(sent: UInt8)
    /// Nothing is left to say.
    case settled
  }
}
