import MartletDWN
import MartletHTTP
import Testing

/// Both directions' streams: the same messages however the bytes are cut, and nothing that traps.
@Suite struct StreamTests {
  /// A message with what it carries.
  enum Found: Equatable {
    case node(NodeMessage, [UInt8])
    case hub(HubMessage, [UInt8])
    case failed(StreamError)
  }

  static func fromNode(_ pieces: [ArraySlice<UInt8>], limit: Int = 2000) -> [Found] {
    var parser = NodeMessageParser(limit: limit)
    var found: [Found] = []
    for piece in pieces {
      var offset = 0
      let bytes = Array(piece)
      do throws(StreamError) {
        while let message = try unsafe parser.next(in: bytes.span.bytes, at: &offset) {
          let hasBody = message == .object || message == .frame
          found.append(.node(message, hasBody ? parser.body.array : []))
        }
      } catch {
        return found + [.failed(error)]
      }
    }
    return found
  }

  static func fromHub(_ pieces: [ArraySlice<UInt8>], limit: Int = 2000) -> [Found] {
    var parser = HubMessageParser(limit: limit)
    var found: [Found] = []
    for piece in pieces {
      var offset = 0
      let bytes = Array(piece)
      do throws(StreamError) {
        while let message = try unsafe parser.next(in: bytes.span.bytes, at: &offset) {
          let hasBody = message == .object || message == .frame
          found.append(.hub(message, hasBody ? parser.body.array : []))
        }
      } catch {
        return found + [.failed(error)]
      }
    }
    return found
  }

  // A mask may look like the beginning of anything; an object may hold braces in strings.
  static let object = Array(#"{"type":"a}\"{\\","pins":[{"x":1},true]}"#.utf8)
  static let nodeBytes: [UInt8] =
    Array("yo!\r\n".utf8) + [0x52, 0x79, 0x53, 0x7B, 0x00, 0x52, 0x00] + Array("yo!\r\n".utf8)
    + object + [0x0A] + [0x01, 0x00, 0x03, 0x10, 0x01, 0x79] + [0x53, 0x0F]
    + Array("yo!\r\nyo!\r\n{}".utf8)
  static let nodeMessages: [Found] = [
    .node(.heartbeat, []), .node(.changed(0x79), []), .node(.status(0x7B), []),
    .node(.changed(0), []), .node(.heartbeat, []), .node(.object, object),
    .node(.frame, [0x10, 0x01, 0x79]), .node(.status(0x0F), []), .node(.heartbeat, []),
    .node(.heartbeat, []), .node(.object, Array("{}".utf8)),
  ]

  static let hubBytes: [UInt8] =
    Array("a1`0yo??".utf8) + [0x61, 0x9E] + object + Array("\r\n".utf8) + Array("b0".utf8)
    + [0x01, 0x00, 0x01, 0x02] + Array("z1".utf8) + [0x61, 0x00, 0x00, 0x60, 0x7B]
  static let hubMessages: [Found] = [
    .hub(.command(HubCommand(0x61, 0x31)), []), .hub(.command(HubCommand(0x60, 0x30)), []),
    .hub(.command(.keepAlive), []), .hub(.command(.query), []),
    .hub(.command(HubCommand(0x61, 0x9E)), []), .hub(.object, object),
    .hub(.command(HubCommand(0x62, 0x30)), []), .hub(.frame, [0x02]),
    .hub(.command(HubCommand(0x7A, 0x31)), []), .hub(.command(HubCommand(0x61, 0x00)), []),
    .hub(.command(HubCommand(0x60, 0x7B)), []),
  ]

  @Test func wholeStreamsAreRead() {
    #expect(Self.fromNode([Self.nodeBytes[...]]) == Self.nodeMessages)
    #expect(Self.fromHub([Self.hubBytes[...]]) == Self.hubMessages)
  }

  @Test func everyPairOfCutsGivesTheSameMessages() {
    for first in 0...Self.nodeBytes.count {
      for second in first...Self.nodeBytes.count {
        let bytes = Self.nodeBytes
        let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
        guard Self.fromNode(pieces) != Self.nodeMessages else { continue }
        Issue.record("from a node, cut at \(first) and \(second)")
      }
    }
    for first in 0...Self.hubBytes.count {
      for second in first...Self.hubBytes.count {
        let bytes = Self.hubBytes
        let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
        guard Self.fromHub(pieces) != Self.hubMessages else { continue }
        Issue.record("from a hub, cut at \(first) and \(second)")
      }
    }
  }

  @Test func byteByByteGivesTheSameMessages() {
    let node = Self.nodeBytes.indices.map { Self.nodeBytes[$0...$0] }
    let hub = Self.hubBytes.indices.map { Self.hubBytes[$0...$0] }
    #expect(Self.fromNode(node) == Self.nodeMessages)
    #expect(Self.fromHub(hub) == Self.hubMessages)
  }

  @Test func whatIsWrittenIsRead() {
    var output = OutputBuffer(capacity: 100)
    output.append(NodeMessage.heartbeat)
    output.append(NodeMessage.changed(4))
    output.append(NodeMessage.status(0))
    let fromNode = output.array
    #expect(fromNode == Array("yo!\r\n".utf8) + [0x52, 4, 0x53, 0])
    output.clear()
    output.append(HubCommand.keepAlive)
    output.append(HubCommand.query)
    let fromHub = output.string
    #expect(fromHub == "yo??")
  }

  static let badNodeBytes: [([UInt8], StreamError)] = [
    (Array("yo?".utf8), .unexpected(0x3F)), (Array("yo!\n".utf8), .unexpected(0x0A)),
    ([0x61], .unexpected(0x61)), ([0xFF], .unexpected(0xFF)), ([0x7D], .unexpected(0x7D)),
    ([1, 0, 0], .badFrameLength(0)), ([1, 0x07, 0xD1], .badFrameLength(2001)),
  ]

  @Test(arguments: badNodeBytes) func badNodeIsNotReadFurther(bytes: [UInt8], error: StreamError) {
    #expect(Self.fromNode([bytes[...], [0x52, 1]]) == [.failed(error)])
  }

  @Test func aBrowserOpensNothing() {
    let request = Array("GET /a1 HTTP/1.1\r\nHost: a1\r\n\r\na1".utf8)
    #expect(Self.fromHub([request[...]]) == [.failed(.unexpected(0x47))])
    for method in ["POST", "OPTIONS", "HEAD", "\u{16}\u{3}\u{1}", "SSH-2.0-x"] {
      let found = Self.fromHub([Array("\(method) a1".utf8)[...]])
      let first = method.utf8.first ?? 0
      #expect(found == [.failed(.unexpected(first))])
    }
  }

  @Test func objectHasALimit() {
    let object = Array(("{" + String(repeating: " ", count: 1998) + "}").utf8)
    #expect(Self.fromNode([object[...]]) == [.node(.object, object)])
    let longer = Array(("{" + String(repeating: " ", count: 1999) + "}").utf8)
    #expect(Self.fromNode([longer[...]]) == [.failed(.objectTooLong)])
    #expect(Self.fromHub([Array("{   }".utf8)[...]], limit: 4) == [.failed(.objectTooLong)])
  }

  @Test func halfACommandIsDropped() throws {
    var parser = HubMessageParser()
    var offset = 0
    let half: [UInt8] = [0x61]
    #expect(try unsafe parser.next(in: half.span.bytes, at: &offset) == nil)
    #expect(parser.hasHalfCommand)
    parser.dropHalfCommand()
    offset = 0
    let whole: [UInt8] = [0x62, 0x31]
    #expect(
      try unsafe parser.next(in: whole.span.bytes, at: &offset)
        == .command(HubCommand(0x62, 0x31)))
  }

  @Test func randomBytesNeverTrapAndCutsDoNotMatter() {
    var chance = SplitMix(seed: 5)
    let alphabet: [UInt8] = [
      0, 1, 2, 0x0A, 0x22, 0x30, 0x31, 0x52, 0x53, 0x5C, 0x61, 0x79, 0x7B, 0x7D,
    ]
    for round in 0..<5000 {
      let length = Int.random(in: 1...60, using: &chance)
      let bytes = (0..<length).map { _ in
        round % 2 == 0
          ? UInt8.random(in: 0...255, using: &chance)
          : alphabet[Int.random(in: alphabet.indices, using: &chance)]
      }
      let cut = Int.random(in: 0...length, using: &chance)
      let pieces = [bytes[..<cut], bytes[cut...]]
      #expect(Self.fromNode([bytes[...]]) == Self.fromNode(pieces))
      #expect(Self.fromHub([bytes[...]]) == Self.fromHub(pieces))
    }
  }

  static let commands: [(String, UInt8, ValveCommand)] = [
    ("`", 0x30, .closeAll), ("a", 0x31, .open(0, minutes: nil)),
    ("d", 0x31, .open(3, minutes: nil)),
    ("b", 0x30, .close(1)), ("c", 0x81, .open(2, minutes: 1)), ("a", 0x9E, .open(0, minutes: 30)),
  ]

  @Test(arguments: commands)
  func valveCommandIsReadAndWritten(subject: String, action: UInt8, command: ValveCommand) throws {
    let bytes = HubCommand(try #require(subject.utf8.first), action)
    #expect(ValveCommand(bytes) == command)
    #expect(command.bytes == bytes)
  }

  @Test func onlyTheseCommandsMeanSomething() {
    var count = 0
    for subject in UInt8.min...UInt8.max {
      for action in UInt8.min...UInt8.max {
        guard let command = ValveCommand(HubCommand(subject, action)) else { continue }
        #expect(command.bytes == HubCommand(subject, action))
        count += 1
      }
    }
    #expect(count == 1 + 4 * 32)
    #expect(ValveCommand.open(4, minutes: nil).bytes == nil)
    #expect(ValveCommand.open(0, minutes: 31).bytes == nil)
    #expect(ValveCommand.close(-1).bytes == nil)
  }
}
