public import MartletHTTP

/// Why a node will not have a session, or not go on.
public enum Refusal: UInt8, Equatable, Sendable, BitwiseCopyable {
  /// It has no key.
  case notPaired = 1
  /// The handshake was not in order, or the proof was wrong.
  case badProof = 2
  /// Another hub commands it.
  case busy = 3
  /// Nobody has opened a pairing window at the node, or it is over.
  case noWindow = 4

  /// Appends the frame that says so.
  public func emit(into output: inout OutputBuffer) {
    output.beginFrame(.refusal, length: 2)
    output.append(rawValue)
  }

  /// Reads a frame, given as its type and body; `nil` for another or an unknown reason.
  public init?(_ frame: ByteText) {
    guard frame.count == 2, FrameType(rawValue: frame[0]) == .refusal else { return nil }
    self.init(rawValue: frame[1])
  }
}
