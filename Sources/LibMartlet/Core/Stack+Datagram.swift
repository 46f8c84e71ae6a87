// Says `unsafe` where an array lends its bytes.

internal import MartletStack

extension Stack {
  /// Takes the next datagram of a socket and hands all of its bytes to `body`; `nil` when there is
  /// none.
  mutating func withDatagram<Result>(
    from handle: UDPHandle, _ body: ([UInt8], ReceivedDatagram) -> Result
  ) throws(StackError) -> Result? {
    guard try unreadCount(of: handle) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var taken: ReceivedDatagram?
    var failure: StackError?
    do {
      var span = bytes.mutableSpan
      var target = unsafe span.mutableBytes
      do throws(StackError) { taken = try receive(from: handle, into: &target) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard let taken else { return nil }
    return body(Array(bytes.prefix(taken.length)), taken)
  }
}
