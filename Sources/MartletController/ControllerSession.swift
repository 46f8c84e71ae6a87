internal import MartletDevice
internal import MartletFlow
internal import MartletOpenFlow

/// A connection with a switch, and the application that decides for it: bytes in, bytes out.
struct ControllerSession<Application: ControllerApplication>: Sendable {
  private var framer = MessageFramer()
  private var application: Application
  private let offered: [OpenFlowVersion]
  private var codec: ControllerCodec?
  private var bridge: BridgeControl?
  /// What is known of the switch until its ports are.
  private var pending: (id: UInt64, ports: [PortDescription])?
  private(set) var output: [UInt8]
  private(set) var heardAt: Instant
  private var isProbing = false
  /// Why it has ended, once it has.
  private(set) var end: String?
  /// What the log should be told.
  private(set) var news: [String] = []

  /// What a switch may leave unread, in bytes; frames that it asks about are not answered beyond.
  static var outputLimit: Int { 4 << 20 }
  /// How long a switch may be silent before it is probed, and as long again before it is dropped.
  static var patience: Interval { .seconds(5) }

  init(_ application: Application, offered: [OpenFlowVersion], now: Instant) {
    self.application = application
    self.offered = offered
    output = ControllerCodec.hello(offered)
    heardAt = now
  }

  /// Whether more should be read.
  var wantsInput: Bool { end == nil && output.count < Self.outputLimit }

  mutating func takeOutput(limit: Int = 1 << 16) -> [UInt8] {
    guard output.count > limit else {
      defer { output = [] }
      return output
    }
    let bytes = Array(output.prefix(limit))
    output.removeFirst(limit)
    return bytes
  }

  mutating func takeNews() -> [String] {
    defer { news = [] }
    return news
  }

  mutating func receive(_ bytes: [UInt8], now: Instant) {
    heardAt = now
    isProbing = false
    framer.append(bytes)
    do throws(OpenFlowError) {
      while end == nil, let message = try framer.next() { try handle(message) }
    } catch {
      end = "it sent what cannot be read"
    }
  }

  /// Probes a switch that is silent, and lets go one that does not answer.
  mutating func poll(now: Instant) {
    let silent = now - heardAt
    if isProbing {
      if silent >= Self.patience + Self.patience { end = "it did not answer an echo request" }
    } else if silent >= Self.patience {
      isProbing = true
      guard let codec else { return }
      output += codec.echoRequest()
    }
  }

  // MARK: Messages

  private mutating func handle(_ message: OpenFlowMessage) throws(OpenFlowError) {
    guard let codec else {
      guard let version = ControllerCodec.version(for: message, offered: offered) else {
        end = "it speaks none of the versions that are offered"
        return
      }
      let codec = ControllerCodec(version)
      self.codec = codec
      output += codec.begin()
      return
    }
    switch try codec.read(message) {
    case .features(let id, let ports):
      guard bridge == nil else { break }
      pending = (id, ports)
      if codec.version == .v10 { begin(codec) } else { output += codec.portsRequest() }
    case .ports(let ports, let isLast):
      guard pending != nil else { break }
      pending?.ports += ports
      if isLast { begin(codec) }
    case .portStatus(let reason, let port): portStatus(reason, port)
    case .packetIn(let frame, _, let inPort, let cookie, _):
      guard let packet = ReceivedPacket(frame, inPort: inPort, cookie: cookie) else { break }
      withBridge { application, bridge throws(ControllerError) in
        try application.receive(packet, &bridge)
      }
    case .refusal(let refusal): news.append("it refuses what it was told: \(refusal)")
    case .echoRequest: output += codec.echoReply(to: message)
    case .barrierReply, .other: break
    }
  }

  private mutating func begin(_ codec: ControllerCodec) {
    guard let known = pending else { return }
    pending = nil
    bridge = BridgeControl(datapathID: known.id, ports: known.ports, codec: codec)
    let digits = String(known.id, radix: 16)
    let name = String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    let version = codec.version == .v10 ? "1.0" : "1.3"
    news.append("switch \(name) is connected: OpenFlow \(version), \(known.ports.count) ports")
    withBridge { application, bridge throws(ControllerError) in try application.begin(&bridge) }
  }

  private mutating func portStatus(_ reason: UInt8, _ port: PortDescription) {
    pending?.ports.removeAll { $0.number == port.number }
    if reason != 1 { pending?.ports.append(port) }
    guard bridge != nil else { return }
    bridge?.ports.removeAll { $0.number == port.number }
    if reason != 1 {
      let ports = bridge?.ports ?? []
      let place = ports.firstIndex { $0.number > port.number } ?? ports.count
      bridge?.ports.insert(port, at: place)
    }
    withBridge { application, bridge throws(ControllerError) in
      if reason == 1 {
        try application.portRemoved(port, &bridge)
      } else {
        try application.portChanged(port, &bridge)
      }
    }
  }

  /// Lets the application decide, and takes what it says.
  private mutating func withBridge(
    _ body: (inout Application, inout BridgeControl) throws(ControllerError) -> Void
  ) {
    guard var bridge, output.count < Self.outputLimit else { return }
    do throws(ControllerError) {
      try body(&application, &bridge)
    } catch {
      news.append(error.description)
    }
    output += bridge.output
    bridge.output = []
    self.bridge = bridge
  }
}
