/// Cuts a stream of bytes into messages.
public struct MessageFramer: Sendable {
  private var bytes: [UInt8] = []
  private var start = 0

  /// Begins with nothing.
  public init() {}

  /// Bytes that are no whole message yet, and messages that nobody took.
  public var pendingByteCount: Int { bytes.count - start }

  /// Takes bytes in.
  public mutating func append(_ more: some Collection<UInt8>) {
    if start > 0, start >= bytes.count / 2 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next whole message; `nil` while there is none.
  ///
  /// - Throws: `badLength` when a header says less than a header's length: where the next message begins
  ///   is not known then.
  public mutating func next() throws(OpenFlowError) -> OpenFlowMessage? {
    guard pendingByteCount >= 8 else { return nil }
    let length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
    guard length >= 8 else { throw .badLength }
    guard pendingByteCount >= length else { return nil }
    defer { start += length }
    return OpenFlowMessage(Array(bytes[start..<start + length]))
  }
}
