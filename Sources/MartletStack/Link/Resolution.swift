internal import MartletWire

/// Whether a next hop's link address is known.
enum Resolution: Equatable, BitwiseCopyable {
  /// Frames go there.
  case resolved(MACAddress)
  /// The neighbour has been asked; its entry keeps what waits.
  case pending
  /// The neighbour does not answer, or no entry could be had for it.
  case failed
}
