package import MartletFlow

/// The controller's side of the protocol in one version: what it says as bytes, what it hears as events.
package struct ControllerCodec: Sendable {
  package let version: OpenFlowVersion

  package init(_ version: OpenFlowVersion) { self.version = version }

  // MARK: Saying

  /// A greeting that offers these versions; the highest stands in its header.
  package static func hello(_ versions: [OpenFlowVersion]) -> [UInt8] {
    let highest = versions.max() ?? .v13
    var body = ByteWriter()
    // OpenFlow 1.0 knows no elements, and ignores them.
    if highest >= .v13 {
      body.append(UInt16(1))
      body.append(UInt16(8))
      body.append(versions.reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) })
    }
    return OpenFlowMessage.encode(highest, .hello, transaction: 0, body: body.bytes)
  }

  /// The version that both speak; `nil` for none, or for what is no greeting.
  package static func version(
    for hello: OpenFlowMessage, offered: [OpenFlowVersion]
  ) -> OpenFlowVersion? {
    guard hello.type == .hello, let theirs = OpenFlowAgent.version(for: hello) else { return nil }
    return offered.filter { $0 <= theirs }.max()
  }

  /// Asks what the switch is; frames that no flow is for are wanted whole.
  package func begin() -> [UInt8] {
    var configuration = ByteWriter()
    configuration.append(UInt16(0))
    configuration.append(UInt16.max)
    return message(.featuresRequest) + message(.setConfig, configuration.bytes)
  }

  /// Asks for the ports; 1.0 has told them already.
  package func portsRequest() -> [UInt8] {
    var body = ByteWriter()
    body.append(UInt16(13))
    body.zeros(6)
    return message(.statisticsRequest(version), body.bytes)
  }

  package func echoRequest() -> [UInt8] { message(.echoRequest) }

  package func echoReply(to request: OpenFlowMessage) -> [UInt8] {
    var body = request.body
    return OpenFlowMessage.encode(
      version, .echoReply, transaction: request.transaction, body: body.rest())
  }

  package func barrierRequest() -> [UInt8] { message(.barrierRequest(version)) }

  /// Adds a flow; `nil` when this version has no words for its match or its actions, or they are too long.
  package func add(_ flow: FlowSpecification) -> [UInt8]? {
    guard canSay(flow) else { return nil }
    return flowMod(0, flow, FlowFilter())
  }

  /// Deletes the flows that a filter includes; `nil` when this version has no words for it.
  package func delete(_ filter: FlowFilter) -> [UInt8]? {
    var flow = FlowSpecification()
    flow.match = filter.match
    flow.table = filter.table ?? 0xff
    flow.cookie = filter.cookie
    flow.priority = filter.strictPriority ?? 0
    guard canSay(flow), version == .v13 || filter.cookieMask == 0 else { return nil }
    return flowMod(filter.strictPriority == nil ? 3 : 4, flow, filter)
  }

  /// Sends a frame; `nil` when it does not fit a message.
  package func packetOut(
    _ frame: [UInt8], from port: PortNumber, _ actions: [Action]
  ) -> [UInt8]? {
    var list = ByteWriter()
    ActionCodec(version).encode(actions, into: &list)
    guard list.count + frame.count <= 65_000 else { return nil }
    let port = port == .none ? PortNumber.any : port
    var body = ByteWriter()
    body.append(UInt32.max)
    if version == .v10 {
      body.append(port.wire16)
      body.append(UInt16(list.count))
    } else {
      // OFPP_ANY is no port to come from: the controller itself is.
      body.append((port == .any ? PortNumber.controller : port).rawValue)
      body.append(UInt16(list.count))
      body.zeros(6)
    }
    body.append(list.bytes)
    body.append(frame)
    return message(.packetOut, body.bytes)
  }

  private func message(_ type: MessageType, _ body: [UInt8] = []) -> [UInt8] {
    OpenFlowMessage.encode(version, type, transaction: 1, body: body)
  }

  /// Whether a flow comes back from its bytes as it was.
  private func canSay(_ flow: FlowSpecification) -> Bool {
    let match = flow.match.untaggedWhole
    if version == .v10 { return match.fits10 && flow.actions.allSatisfy { !$0.isInstruction } }
    var writer = ByteWriter()
    match.encode13(into: &writer)
    var reader = ByteReader(writer.bytes)
    return (try? FlowMatch(reading: &reader))?.untaggedWhole == match
  }

  private func flowMod(
    _ command: UInt8, _ flow: FlowSpecification, _ filter: FlowFilter
  ) -> [UInt8]? {
    var body = ByteWriter()
    let flags = flow.flags.rawValue
    if version == .v10 {
      flow.match.encode10(into: &body)
      body.append(flow.cookie)
      body.append(UInt16(command))
    } else {
      body.append(flow.cookie)
      body.append(filter.cookieMask)
      body.append(flow.table)
      body.append(command)
    }
    body.append(flow.idleTimeout)
    body.append(flow.hardTimeout)
    body.append(flow.priority)
    body.append(UInt32.max)
    if version == .v10 {
      body.append(filter.outPort.wire16)
      body.append(flags & 3)
      ActionCodec(.v10, for: flow.match).encode(flow.actions, into: &body)
    } else {
      body.append(filter.outPort.rawValue)
      body.append(filter.outGroup ?? .max)
      body.append(flags & 31)
      body.zeros(2)
      flow.match.encode13(into: &body)
      InstructionCodec(for: flow.match).encode(flow.actions, into: &body)
    }
    return body.count <= 65_000 ? message(.flowMod, body.bytes) : nil
  }
}

extension FlowMatch {
  /// The same with all bits of the tag where there is to be none: versions differ in how many they name.
  fileprivate var untaggedWhole: FlowMatch {
    guard let (tag, mask) = self[.vlanTCI], tag == 0, mask & 0x1000 != 0 else { return self }
    var match = self
    match.set(.vlanTCI, 0)
    return match
  }
}
