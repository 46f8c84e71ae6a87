import MartletStack

/// A socket as the softIRQ knows it.
struct KernelSocket {
  var state: State
  /// Operations that wait for something to arrive, and those that wait to send.
  var readers = OperationQueue()
  var writers = OperationQueue()

  enum State {
    /// A stream that is neither connected nor listening; perhaps with its own end fixed.
    case stream(Endpoint?)
    case connection(TCPHandle)
    case listener(ListenerHandle)
    case datagram(UDPHandle)
    case echo(EchoHandle)
  }
}

/// A place in a thread's table of operations.
struct OperationReference: Equatable {
  let context: UInt8
  let slot: UInt8
}

/// Operations in the order in which they came, linked through the tables they stand in.
struct OperationQueue {
  var first: OperationReference?
  var last: OperationReference?
}
