internal import MartletStack

/// A datagram that was taken from the stack and not yet by its reader.
struct PeekedDatagram {
  /// Its bytes.
  let bytes: [UInt8]
  /// Who sent it.
  let source: Endpoint
}
