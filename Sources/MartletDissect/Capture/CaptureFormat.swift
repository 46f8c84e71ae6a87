/// The kind of a capture file.
public enum CaptureFormat: Equatable, Sendable {
  /// The classic one: a header and packets of one link type.
  case pcap
  /// Blocks, several interfaces, directions.
  case pcapng
}
