import MartletDevice
import MartletFlow
import Testing

@testable import MartletOpenFlow

@Suite struct OpenFlowAgentTests {
  static func flowMod13(
    _ write: (inout ByteWriter) -> Void, match: FlowMatch = FlowMatch(), command: UInt8 = 0,
    table: UInt8 = 0, cookie: UInt64 = 0, flags: UInt16 = 0, priority: UInt16 = 100
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(cookie)
    writer.append(UInt64(0))
    writer.append(table)
    writer.append(command)
    writer.append(UInt16(0))
    writer.append(UInt16(0))
    writer.append(priority)
    writer.append(UInt32.max)
    writer.append(UInt32.max)
    writer.append(UInt32.max)
    writer.append(flags)
    writer.zeros(2)
    match.encode13(into: &writer)
    write(&writer)
    return writer.bytes
  }

  @Test func featuresNameTheBridge() throws {
    let driver = try AgentDriver(.v13)
    let reply = try #require(driver.request(.featuresRequest).first)
    #expect(reply.type == .featuresReply && reply.transaction == 7)
    #expect(reply.bytes.count == 32)
    #expect(Array(reply.bytes[8..<16]) == [0, 0, 0, 0, 0, 0, 0x12, 0x34])
  }

  @Test func featuresOfOldListPorts() throws {
    let driver = try AgentDriver(.v10)
    let reply = try #require(driver.request(.featuresRequest).first)
    #expect(reply.bytes.count == 32 + 3 * 48)
  }

  @Test func echoGivesBackItsBytes() throws {
    let driver = try AgentDriver(.v13)
    let reply = try #require(driver.request(.echoRequest) { $0.append([1, 2, 3]) }.first)
    #expect(reply.type == .echoReply && Array(reply.bytes[8...]) == [1, 2, 3])
  }

  @Test func olderVersionsAreAgreedUpon() throws {
    let hello = try #require(OpenFlowMessage([6, 0, 0, 8, 0, 0, 0, 1]))
    #expect(OpenFlowAgent.version(for: hello) == .v13)
    let bitmap = try #require(
      OpenFlowMessage([6, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 8, 0, 0, 0, 0x42]))
    #expect(OpenFlowAgent.version(for: bitmap) == .v10)
    let none = try #require(OpenFlowMessage([6, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 8, 0, 0, 0, 0x40]))
    #expect(OpenFlowAgent.version(for: none) == nil)
  }

  @Test func unknownTypesAreRefusedWithTheRequest() throws {
    let driver = try AgentDriver(.v13)
    let error = try #require(driver.request(MessageType(rawValue: 99)) { $0.zeros(80) }.first)
    #expect(error.errorNumbers == [1, 1] && error.transaction == 7)
    #expect(error.bytes.count >= 12 + 64)
  }

  @Test func flowsAreAddedListedAndDeleted() throws {
    let driver = try AgentDriver(.v13)
    var match = FlowMatch()
    match.set(.etherType, 0x0800)
    match.set(.ipProtocol, 17)
    match.set(.transportDestination, 53)
    let actions: [Action] = [
      .pushVLAN(0x8100), .output(PortNumber(2), maxLength: 0), .gotoTable(3),
    ]
    let codec = InstructionCodec(for: match)
    let body = Self.flowMod13({ codec.encode(actions, into: &$0) }, match: match, cookie: 5)
    #expect(driver.request(.flowMod) { $0.append(body) }.isEmpty)
    var flows: [Flow] = []
    driver.bridge.datapath.forEachFlow { flows.append($0) }
    #expect(flows.count == 1)
    #expect(flows.first?.specification.match == match)
    #expect(flows.first?.specification.actions == actions)
    let delete = Self.flowMod13({ _ in }, command: 3, table: 255)
    #expect(driver.request(.flowMod) { $0.append(delete) }.isEmpty)
    #expect(driver.bridge.datapath.flowCount == 0)
  }

  @Test func overlapsAreRefused() throws {
    let driver = try AgentDriver(.v13)
    let first = Self.flowMod13({ _ in })
    _ = driver.request(.flowMod) { $0.append(first) }
    var match = FlowMatch()
    match.set(.etherType, 0x0800)
    let second = Self.flowMod13({ _ in }, match: match, flags: 2)
    let error = try #require(driver.request(.flowMod) { $0.append(second) }.first)
    #expect(error.errorNumbers == [5, 3])
  }

  @Test func fieldsWithoutWhatTheyNeedAreRefused() throws {
    let driver = try AgentDriver(.v13)
    let error = try #require(
      driver.request(.flowMod) {
        $0.append(Self.flowMod13({ _ in }).prefix(40))
        $0.append([0, 1, 0, 10, 0x80, 0, 14 << 1, 2, 0, 80, 0, 0, 0, 0, 0, 0])
      }.first)
    #expect(error.errorNumbers == [4, 9])
  }

  @Test func staleGenerationsAreRefused() throws {
    let driver = try AgentDriver(.v13)
    func ask(_ role: UInt32, _ generation: UInt64) -> (inout ByteWriter) -> Void {
      {
        $0.append(role)
        $0.zeros(4)
        $0.append(generation)
      }
    }
    #expect(driver.request(.roleRequest, ask(2, 5)).first?.type == .roleReply)
    #expect(driver.request(.roleRequest, ask(3, 4)).first?.errorNumbers == [11, 0])
    #expect(driver.request(.roleRequest, ask(3, 6)).first?.type == .roleReply)
    let body = Self.flowMod13({ _ in })
    #expect(driver.request(.flowMod) { $0.append(body) }.first?.errorNumbers == [1, 10])
  }

  @Test func bundlesAreMadeWholeOrNotAtAll() throws {
    let driver = try AgentDriver(.v13)
    func control(_ type: UInt16) -> (inout ByteWriter) -> Void {
      {
        $0.append(Experimenter.onf)
        $0.append(UInt32(2300))
        $0.append(UInt32(9))
        $0.append(type)
        $0.append(UInt16(1))
      }
    }
    func add(_ body: [UInt8]) -> (inout ByteWriter) -> Void {
      {
        $0.append(Experimenter.onf)
        $0.append(UInt32(2301))
        $0.append(UInt32(9))
        $0.zeros(2)
        $0.append(UInt16(1))
        $0.append(OpenFlowMessage.encode(.v13, .flowMod, transaction: 7, body: body))
      }
    }
    #expect(driver.request(.experimenter, control(0)).first?.type == .experimenter)
    let good = Self.flowMod13({ _ in })
    let bad = Self.flowMod13({ InstructionCodec(for: FlowMatch()).encode([.group(77)], into: &$0) })
    #expect(driver.request(.experimenter, add(good)).isEmpty)
    #expect(driver.request(.experimenter, add(bad)).isEmpty)
    let answers = driver.request(.experimenter, control(4))
    #expect(answers.first?.errorNumbers == [2, 9])
    #expect(answers.last?.errorNumbers == [0xffff, 2313])
    #expect(driver.bridge.datapath.flowCount == 0)
    _ = driver.request(.experimenter, add(good))
    #expect(driver.request(.experimenter, control(4)).first?.type == .experimenter)
    #expect(driver.bridge.datapath.flowCount == 1)
  }

  @Test func silentControllersAreProbedThenDropped() throws {
    let driver = try AgentDriver(.v13)
    driver.now = Instant(milliseconds: 5000)
    driver.agent.poll(now: driver.now)
    #expect(driver.taken().first?.type == .echoRequest)
    driver.now = Instant(milliseconds: 10_000)
    driver.agent.poll(now: driver.now)
    #expect(driver.agent.end(of: driver.id) == .silent)
  }

  @Test func whoDoesNotReadIsDropped() throws {
    let driver = try AgentDriver(.v13, .service)
    driver.agent.receive(
      OpenFlowMessage.encode(.v13, .echoRequest, transaction: 1), from: driver.id, now: .zero)
    _ = driver.agent.run(&driver.bridge.datapath, now: .zero, emit: driver.bridge.emit)
    driver.agent.poll(now: Instant(milliseconds: 30_000))
    #expect(driver.agent.end(of: driver.id) == .slowReader)
  }

  @Test func longListsComeInParts() throws {
    let driver = try AgentDriver(.v13)
    for number in 0..<2000 as Range<UInt16> {
      var flow = FlowSpecification()
      flow.priority = number
      try driver.bridge.datapath.add(flow, now: .zero)
    }
    let parts = driver.request(.statisticsRequest(.v13)) {
      $0.append(UInt16(1))
      $0.zeros(6)
      $0.append(UInt8(255))
      $0.zeros(3)
      $0.append(UInt32.max)
      $0.append(UInt32.max)
      $0.zeros(4 + 16)
      FlowMatch().encode13(into: &$0)
    }
    #expect(parts.count == 2 && parts.allSatisfy { $0.bytes.count < 65_536 })
    #expect(parts.map { $0.bytes[11] } == [1, 0])
    #expect(parts.reduce(0) { $0 + $1.bytes.count - 16 } == 2000 * 56)
  }

  @Test func everyCutOffRequestIsRefusedAndNothingHappens() throws {
    var match = FlowMatch()
    match.set(.etherType, 0x0800)
    match.set(.ipv4Source, 0x0a00_0000, mask: 0xff00_0000)
    let whole = Self.flowMod13(
      { InstructionCodec(for: match).encode([.output(PortNumber(1), maxLength: 0)], into: &$0) },
      match: match)
    for count in 0..<whole.count {
      let driver = try AgentDriver(.v13)
      let answer = driver.request(.flowMod) { $0.append(whole.prefix(count)) }
      // A flow without its instructions is a flow that drops: it is whole.
      let hasAllButInstructions = count == whole.count - 24
      #expect((answer.first?.type == .error) != hasAllButInstructions, "\(count) bytes")
    }
  }

  @Test func chanceBytesNeverTrap() throws {
    var generator = SplitMix64(seed: 42)
    for version in [OpenFlowVersion.v10, .v13] {
      let driver = try AgentDriver(version)
      for _ in 0..<3000 {
        let type = UInt8(generator.next() % 31)
        let count = Int(generator.next() % 120)
        let body = (0..<count).map { _ in
          generator.next() % 2 == 0 ? UInt8(0) : UInt8(truncatingIfNeeded: generator.next())
        }
        _ = driver.request(MessageType(rawValue: type)) { $0.append(body) }
      }
    }
  }
}
