import MartletDevice
import MartletFlow
import Testing

@testable import MartletOpenFlow

/// An agent with a bridge and one connection, in virtual time.
final class AgentDriver {
  let bridge = MemoryBridge()
  var agent: OpenFlowAgent
  let version: OpenFlowVersion
  var now = Instant.zero
  let id: ConnectionID

  init(_ version: OpenFlowVersion, _ kind: ConnectionKind = .controller) throws {
    self.version = version
    agent = OpenFlowAgent(
      configuration: AgentConfiguration(datapathID: 0x1234, bridge: "br0"), now: .zero)
    for number in 1...3 as ClosedRange<UInt32> {
      agent.setPort(
        PortDescription(
          number: PortNumber(number), name: "p\(number)", address: 0x0200_0000_0000 + UInt64(number)
        ),
        now: .zero)
    }
    let opened = agent.open(kind, now: .zero)
    id = try #require(opened)
    _ = exchange(OpenFlowMessage.encode(version, .hello, transaction: 1))
  }

  /// Sends bytes and returns the messages that come back.
  func exchange(_ bytes: [UInt8]) -> [OpenFlowMessage] {
    agent.receive(bytes, from: id, now: now)
    while agent.run(&bridge.datapath, now: now, emit: bridge.emit) {}
    return taken()
  }

  func taken() -> [OpenFlowMessage] {
    var framer = MessageFramer()
    while true {
      let bytes = agent.takeOutput(of: id, now: now)
      if bytes.isEmpty { break }
      framer.append(bytes)
    }
    var messages: [OpenFlowMessage] = []
    while let message = try? framer.next() { messages.append(message) }
    return messages
  }

  func request(
    _ type: MessageType, transaction: UInt32 = 7, _ write: (inout ByteWriter) -> Void = { _ in }
  ) -> [OpenFlowMessage] {
    var writer = ByteWriter()
    write(&writer)
    return exchange(
      OpenFlowMessage.encode(version, type, transaction: transaction, body: writer.bytes))
  }
}

extension OpenFlowMessage {
  /// The numbers of an error.
  var errorNumbers: [UInt16]? {
    guard type == .error, bytes.count >= 12 else { return nil }
    return [UInt16(bytes[8]) << 8 | UInt16(bytes[9]), UInt16(bytes[10]) << 8 | UInt16(bytes[11])]
  }
}
