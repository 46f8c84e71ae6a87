internal import MartletWire

extension IPv4Header {
  /// Writes the header of a packet whose length was admitted before.
  func write(into bytes: inout MutableRawSpan, payloadLength: Int) {
    do throws(WireError) {
      try emit(into: &bytes, payloadLength: payloadLength)
    } catch {
      preconditionFailure("a packet was built that was never admitted")
    }
  }
}
