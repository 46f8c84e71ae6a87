/// Why a frame goes to the controllers (OpenFlow 1.3, 7.4.1).
public enum PacketInReason: UInt8, Sendable, BitwiseCopyable {
  /// No flow matched, or the flow of lowest priority that takes all.
  case noMatch = 0
  /// An action said so.
  case action = 1
  /// A TTL had run out.
  case invalidTTL = 2
}
