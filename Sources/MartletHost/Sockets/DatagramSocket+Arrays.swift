// Says `unsafe` where an array's elements, which are bytes, are seen as bytes.

extension DatagramSocket {
  /// Waits for a datagram and returns it, with its sender.
  public func receive() async throws(NetworkError) -> (bytes: [UInt8], sender: Endpoint) {
    try await withReceived { bytes, sender in
      (unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, sender)
    }
  }

  /// Sends one datagram.
  public func send(_ bytes: [UInt8], to peer: Endpoint) async throws(NetworkError) {
    try await send(unsafe bytes.span.bytes, to: peer)
  }
}
