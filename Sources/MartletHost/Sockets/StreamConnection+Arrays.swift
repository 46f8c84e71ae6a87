// Says `unsafe` where an array's elements, which are bytes, are seen as bytes.

extension StreamConnection {
  /// Waits for bytes and returns up to `limit` of them; empty says that the peer has sent all it
  /// will.
  public func read(upTo limit: Int = 65_536) async throws(NetworkError) -> [UInt8] {
    try await withReceived(upTo: limit) { bytes in
      unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    }
  }

  /// Reads exactly `count` bytes; fewer say that the peer has sent all it will.
  public func read(count: Int) async throws(NetworkError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try await read(upTo: count - bytes.count)
      guard !more.isEmpty else { break }
      bytes += more
    }
    return bytes
  }

  /// Sends all of `bytes`.
  public func write(_ bytes: [UInt8]) async throws(NetworkError) {
    try await write(unsafe bytes.span.bytes)
  }

  /// Sends the text in UTF-8.
  public func write(_ text: String) async throws(NetworkError) {
    try await write([UInt8](text.utf8))
  }
}
