internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletHouse
internal import MartletReadiness
internal import MartletWire

/// Moves frames between the ports of all bridges, on one loop's thread.
///
/// It is made to be what a configuration says by `reconcile`, which touches only what differs.
final class SwitchEngine: LoopClient {
  /// The frames that a port may bring before another has its turn.
  static var burst: Int { 32 }
  /// The bridges that a frame may pass by patch ports.
  static var depthLimit: Int { 8 }

  let loop: EventLoop
  private(set) var bridges: [SwitchBridge] = []
  let shared = SharedMemory()
  private(set) var now = Instant.zero
  /// The frames that went round in circles between bridges.
  private(set) var loopedFrames: UInt64 = 0
  /// The frames between bridges that found no room.
  private(set) var lostBetweenBridges: UInt64 = 0
  /// Who hears of what goes to controllers.
  weak var observer: (any SwitchObserver)?

  /// Who captures at the ports of a name.
  private var captures: [String: any CaptureSink] = [:]
  private let opener: PortOpener
  /// The ports that may have something to receive.
  private var ready: [SwitchPort] = []
  private var working: [SwitchPort] = []
  /// The ports that have no descriptor to be woken by.
  private var polled: [SwitchPort] = []
  /// The ports with frames that wait for the end of the burst.
  private var dirty: [SwitchPort] = []
  /// Where the frame under way came from.
  private var source: SwitchPort?
  private var tooBig = TooBigAnswer()
  private var isAnswering = false
  private var patched = PatchQueue()
  private var passing = PatchQueue()
  /// When a port wants to be asked again.
  private var nextPoll = Instant.zero

  init(loop: EventLoop) {
    self.loop = loop
    opener = PortOpener(loop: loop)
  }

  // MARK: Turns

  func turn(now: Instant) -> Instant? {
    self.now = now
    for port in polled { port.link?.look() }
    for _ in 0..<4 {
      guard !ready.isEmpty else { break }
      swap(&ready, &working)
      for port in working { serve(port) }
      working.removeAll(keepingCapacity: true)
    }
    if now >= nextPoll { poll() }
    return ready.isEmpty ? nextPoll : now
  }

  /// Takes a burst from a port and sends on what came of it.
  private func serve(_ port: SwitchPort) {
    guard let link = port.link else { return }
    link.takeReadiness()
    source = port
    let count = link.receive(budget: Self.burst) { frame, info, tunnel in
      if let capture = port.capture {
        capture.capture(frame, info: info, direction: .received, at: now)
      }
      forward(frame, info, tunnel, from: port, depth: 0)
    }
    forwardPatched()
    source = nil
    if count >= Self.burst { link.makeReady() }
    flush()
    if let failure = link.failure { close(port, because: failure) }
  }

  func flush() {
    for port in dirty {
      port.isDirty = false
      port.link?.flush(shared)
    }
    dirty.removeAll(keepingCapacity: true)
  }

  // MARK: Frames

  private func forward(
    _ frame: RawSpan, _ info: FrameInfo, _ tunnel: TunnelMetadata, from port: SwitchPort,
    depth: Int
  ) {
    let bridge = port.bridge
    bridge.datapath.process(frame, info, from: port.number, tunnel: tunnel, now: now) {
      output, frame, info in
      emit(output, frame, info, of: bridge, depth: depth)
    }
  }

  /// Sends what forwarding says.
  func emit(
    _ output: FlowOutput, _ frame: RawSpan, _ info: FrameInfo, of bridge: SwitchBridge, depth: Int
  ) {
    switch output {
    case .port(let number, let tunnel):
      guard let port = bridge.port(number) else { return }
      if let capture = port.capture {
        capture.capture(frame, info: info, direction: .sent, at: now)
      }
      if let peer = port.peer {
        let entry = PatchQueue.Entry(port: peer, tunnel: tunnel, depth: depth + 1)
        if !patched.append(frame, info, entry) { lostBetweenBridges &+= 1 }
      } else {
        send(frame, info, tunnel, to: port)
      }
    case .controller(let packetIn): observer?.packetIn(packetIn, frame, info, of: bridge.name)
    }
  }

  /// Lets frames go on that have passed a patch port, until none is left.
  func forwardPatched() {
    while !patched.isEmpty {
      swap(&patched, &passing)
      passing.drain { frame, info, entry in
        if let capture = entry.port.capture {
          capture.capture(frame, info: info, direction: .received, at: now)
        }
        if entry.depth < Self.depthLimit {
          forward(frame, info, entry.tunnel, from: entry.port, depth: entry.depth)
        } else {
          loopedFrames &+= 1
        }
      }
    }
  }

  private func send(
    _ frame: RawSpan, _ info: FrameInfo, _ tunnel: TunnelMetadata, to port: SwitchPort
  ) {
    guard let link = port.link else { return }
    if !port.isDirty {
      port.isDirty = true
      dirty.append(port)
    }
    link.send(frame, info, tunnel, shared)
  }

  /// Tells the sender of the frame under way that it does not fit a tunnel.
  private func answerTooBig(_ frame: RawSpan, mtu: Int) {
    // An answer that does not fit its own way back has none.
    guard let source, !isAnswering else { return }
    isAnswering = true
    defer { isAnswering = false }
    let gateway = source.bridge.configuration.address
    tooBig.make(to: frame, mtu: mtu, gateway: gateway, now: now) { answer in
      send(answer, FrameInfo(), TunnelMetadata(), to: source)
    }
  }

  // MARK: Configuration

  /// Makes the switch what `configuration` says. Ports that cannot be opened say so in their
  /// `error` and are tried again; all others work.
  func reconcile(_ configuration: SwitchConfiguration) {
    for bridge in bridges where configuration[bridge: bridge.name] == nil {
      for port in bridge.allPorts { close(port, because: nil) }
      bridges.removeAll { $0 === bridge }
    }
    for wanted in configuration.bridges {
      if let bridge = bridges.first(where: { $0.name == wanted.name }) {
        reconcile(bridge, wanted)
      } else {
        let bridge = SwitchBridge(wanted)
        bridges.append(bridge)
        reconcile(bridge, wanted)
      }
    }
    joinPatches()
    opener.closeIdle()
    flush()
  }

  private func reconcile(_ bridge: SwitchBridge, _ wanted: BridgeConfiguration) {
    bridge.configuration = wanted
    bridge.guardLoops()
    for port in bridge.ports {
      let new = wanted[port: port.name]
      guard let new, new.number == port.configuration.number, new.kind == port.configuration.kind
      else {
        close(port, because: nil)
        bridge.remove(port)
        continue
      }
      port.configuration = new
      bridge.update(port)
    }
    for new in wanted.ports where bridge.port(PortNumber(UInt32(new.number))) == nil {
      open(makePort(new, of: bridge))
    }
    reconcileLocal(bridge, wanted)
  }

  private func reconcileLocal(_ bridge: SwitchBridge, _ wanted: BridgeConfiguration) {
    let new = wanted.hasHostPort ? wanted.hostPort : nil
    guard bridge.local?.configuration != new else { return }
    if let port = bridge.local {
      close(port, because: nil)
      bridge.remove(port)
    }
    guard let new else { return }
    open(makePort(new, of: bridge))
  }

  private func joinPatches() {
    let all = bridges.flatMap(\.ports)
    for port in all {
      guard case .patch(let name) = port.configuration.kind else { continue }
      let peer = all.first { $0.name == name }
      if let peer, case .patch(port.name) = peer.configuration.kind {
        port.peer = peer
        port.error = nil
        port.bridge.update(port)
      } else {
        port.peer = nil
        port.error =
          peer == nil
          ? "there is no port '\(name)'; add it with --type patch --peer \(port.name)"
          : "port '\(name)' is no patch port with peer \(port.name)"
      }
    }
  }

  // MARK: Ports

  private func open(_ port: SwitchPort) {
    if case .patch = port.configuration.kind { return }
    do throws(HostError) {
      plug(try opener.open(port.configuration.kind, named: port.name, wake: linkIsReady), port)
    } catch {
      port.error = error.description
      // A descriptor comes when it comes.
      if case .attached = port.configuration.kind { return }
      port.nextTry = now + .seconds(1)
      nextPoll = now
    }
  }

  /// Gives a descriptor to a port that waits for one, or has one.
  func attach(
    _ descriptor: consuming Descriptor, maximumTransmissionUnit: Int, to name: String
  ) throws(SwitchError) {
    let all = bridges.flatMap(\.allPorts)
    guard let port = all.first(where: { $0.name == name }),
      case .attached = port.configuration.kind
    else {
      let known = all.filter { $0.configuration.kind == .attached }.map(\.name)
      throw .unknown(NearestName.unknown("port of type attached", name, known))
    }
    let link: PortLink
    do throws(HostError) {
      link = try opener.open(
        attached: descriptor, maximumTransmissionUnit: maximumTransmissionUnit, named: name,
        wake: linkIsReady)
    } catch {
      throw .invalid(error.description)
    }
    close(port, because: nil)
    plug(link, port)
  }

  /// Shows what crosses a port to `sink`, also when the port goes and comes back; `nil` ends it.
  func capture(_ name: String, into sink: (any CaptureSink)?) throws(SwitchError) {
    captures[name] = sink
    let all = bridges.flatMap(\.allPorts)
    if let port = all.first(where: { $0.name == name }) {
      port.capture = sink
    } else if sink != nil {
      captures[name] = nil
      throw .unknown(NearestName.unknown("port", name, all.map(\.name)))
    }
  }

  private func makePort(_ configuration: PortConfiguration, of bridge: SwitchBridge) -> SwitchPort {
    let port = SwitchPort(configuration, of: bridge)
    port.capture = captures[port.name]
    bridge.insert(port)
    return port
  }

  /// The cable of a port in memory.
  func cable(of name: String) -> SharedSegment? {
    let port = bridges.flatMap(\.allPorts).first { $0.name == name }
    return (port?.link as? InProcessLink)?.cable
  }

  private func plug(_ link: PortLink, _ port: SwitchPort) {
    port.link = link
    port.error = nil
    port.bridge.update(port)
    port.nextTry = nil
    (link as? TunnelLink)?.answer = { [weak self] frame, mtu in
      self?.answerTooBig(frame, mtu: mtu)
    }
    link.owner = port
    if link.isPolled { polled.append(port) }
    // It may have become ready before anybody knew whose it is.
    if link.isReady { linkIsReady(link) }
    nextPoll = now
  }

  private func close(_ port: SwitchPort, because reason: String?) {
    port.link?.close()
    port.link = nil
    polled.removeAll { $0 === port }
    port.error = reason
    port.nextTry = reason == nil ? nil : now + .seconds(1)
    port.peer = nil
    ready.removeAll { $0 === port }
    nextPoll = now
  }

  private lazy var linkIsReady: (PortLink) -> Void = { [unowned self] link in
    guard let port = link.owner else { return }
    ready.append(port)
    loop.wake()
  }

  private func poll() {
    var next = now + .seconds(10)
    for bridge in bridges {
      bridge.datapath.poll(now: now)
      while let removed = bridge.datapath.nextRemovedFlow() {
        observer?.flowRemoved(removed, of: bridge.name)
      }
      probe(bridge)
      if let time = bridge.datapath.nextDeadline { next = min(next, max(time, now)) }
      for port in bridge.allPorts {
        if let time = port.nextTry {
          if time <= now { open(port) }
          next = min(next, port.nextTry ?? next)
        }
        if let time = port.link?.poll(now: now) { next = min(next, time) }
      }
    }
    nextPoll = next
  }

  /// Sends the probes that are due, and tells of ports that were blocked or work again.
  private func probe(_ bridge: SwitchBridge) {
    bridge.datapath.sendProbes(now: now) { number, frame in
      emit(.port(number, TunnelMetadata()), frame, FrameInfo(), of: bridge, depth: 0)
    }
    // To the end before the next bridge sends its own: else both would block a link of one loop.
    forwardPatched()
    flush()
    for port in bridge.allPorts {
      let reason = bridge.block(of: port)
      guard reason != port.block else { continue }
      port.block = reason
      observer?.portIsBlocked(port.name, because: reason, of: bridge.name)
    }
  }
}
