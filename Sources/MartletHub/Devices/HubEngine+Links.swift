internal import MartletDWN
public import MartletDevice

/// The engine's connections.
extension HubEngine {
  /// How long a connection may take to open and to be proved.
  static var connectTime: Interval { .seconds(10) }

  /// Connects to a device's node when nothing speaks against it.
  mutating func connectIfDue(_ id: String, now: Instant, _ effects: inout [DeviceEffect]) {
    guard var device = devices[id], device.link == nil, device.nextAttempt <= now,
      device.isAdded || device.liveness.isSeen(now: now),
      links.count < settings.attemptLimit + devices.count(where: { $0.value.isConnected })
    else { return }
    let link = DeviceLink(
      LinkID(number: nextLink), to: device.address, handshake: handshake(for: device),
      isPairing: device.pairing != nil, now: now)
    nextLink &+= 1
    device.link = link
    devices[id] = device
    links[link.id] = id
    effects.append(.connect(link.id, device.address))
  }

  private mutating func handshake(for device: Device) -> HubHandshake? {
    guard let key = device.pairing ?? keys[device.id],
      let name = ShortText(Array(device.id.utf8))
    else { return nil }
    return HubHandshake(
      key: key, node: name, hub: settings.hub, nonce: nonces.next(),
      isPairing: device.pairing != nil)
  }

  /// A connection is open.
  public mutating func connected(
    _ id: LinkID, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    guard let (device, link) = find(id) else { return effects.append(.close(id)) }
    link.isOpen = true
    counters.connects &+= 1
    let first = link.begin()
    if first.isEmpty {
      becomeReady(device, now: now, &effects)
    } else {
      effects.append(.send(id, first))
    }
  }

  /// A connection could not be opened, or has ended.
  public mutating func closed(_ id: LinkID, now: Instant, _ effects: inout [DeviceEffect]) {
    guard let (device, link) = find(id) else { return }
    unlink(device, link, now: now, &effects)
  }

  /// Bytes have come on a connection.
  public mutating func received(
    _ bytes: [UInt8], on id: LinkID, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    guard let (device, link) = find(id) else { return }
    var messages: [DeviceMessage?] = []
    var answers: [[UInt8]] = []
    var problem: String?
    let wasReady = link.isReady
    do throws(DeviceLink.Broken) {
      try link.receive(bytes, answer: { answers.append($0) }, { messages.append($0) })
    } catch {
      problem = error.reason
    }
    for answer in answers { effects.append(.send(id, answer)) }
    if !wasReady, link.isReady { becomeReady(device, now: now, &effects) }
    for message in messages { take(message, from: device, now: now, &effects) }
    if let problem {
      if link.isPairing, !link.isReady {
        refusePairing(device, problem, now: now, &effects)
        return drop(id, now: now, &effects)
      }
      devices[device]?.faultCount += 1
      effects.append(.event(device: device, .fault(problem)))
      drop(id, isFault: true, now: now, &effects)
    }
  }

  private mutating func becomeReady(
    _ id: String, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    guard var device = devices[id], let link = device.link else { return }
    if link.isPairing, let key = device.pairing {
      keys[id] = key
      device.pairing = nil
      effects.append(.paired(device: id, key: key.bytes))
    }
    device.isKnown = true
    device.connectCount += 1
    device.failures = 0
    device.rival = nil
    device.lastHeard = now
    device.liveness.heardMessage(now: now)
    if link.isProved { device.presence.proved(now: now) }
    devices[id] = device
    effects.append(.event(device: id, .online(isProved: link.isProved)))
    effects.append(.changed(device: id))
    if device.capabilities.contains(.keepAlive) {
      effects.append(.send(link.id, link.wrap([0x79, 0x6F])))
    }
    var actions: [RunAction] = []
    devices[id]?.run?.connected(now: now, &actions)
    perform(actions, on: id, now: now, &effects)
    // Told to close while it was away.
    if device.closing != nil { send(.closeAll, to: id, now: now, &effects) }
  }

  /// Takes a message; `nil` is a heartbeat.
  private mutating func take(
    _ message: DeviceMessage?, from id: String, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    guard var device = devices[id] else { return }
    let wasOnline = device.liveness.state(now: now) == .online
    device.liveness.heardMessage(now: now)
    device.lastHeard = now
    if device.isProved { device.presence.proved(now: now) } else { device.presence.heard(now: now) }
    guard let message else {
      devices[id] = device
      if !wasOnline { effects.append(.changed(device: id)) }
      return
    }
    if !device.driver.take(message) { device.faultCount += 1 }
    device.lastReport = now
    if device.kind == .irrigation, case .object(let bytes) = message {
      effects.append(
        .event(device: id, .said(String(decoding: bytes.prefix(500), as: UTF8.self))))
    }
    if case .valves(0) = device.driver.reading {
      device.closing = nil
      device.saidThatItDoesNotClose = false
    }
    devices[id] = device
    if case .mask(let mask) = message, device.kind == .irrigation {
      var actions: [RunAction] = []
      devices[id]?.run?.report(mask & 15, now: now, &actions)
      perform(actions, on: id, now: now, &effects)
    }
    effects.append(.changed(device: id))
  }

  // MARK: Ends

  func find(_ id: LinkID) -> (String, DeviceLink)? {
    guard let device = links[id], let link = devices[device]?.link, link.id == id else {
      return nil
    }
    return (device, link)
  }

  /// Closes a connection from this side.
  mutating func drop(
    _ id: LinkID, isFault: Bool = false, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    guard let (device, link) = find(id) else { return }
    effects.append(.close(id))
    if isFault {
      let failures = devices[device]?.failures ?? 0
      devices[device]?.failures = max(3, failures)
    }
    unlink(device, link, now: now, &effects)
  }

  private mutating func unlink(
    _ id: String, _ link: DeviceLink, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    links[link.id] = nil
    counters.disconnects &+= 1
    let wasReady = link.isReady
    devices[id]?.link = nil
    let failures = (devices[id]?.failures ?? 0) + 1
    devices[id]?.failures = failures
    // One second, then twice as long each time, a minute at most.
    devices[id]?.nextAttempt = now + .seconds(Int64(min(60, 1 << min(failures - 1, 6))))
    if link.isPairing, devices[id]?.pairing != nil {
      refusePairing(id, "could not be reached", now: now, &effects)
    }
    guard wasReady else { return }
    devices[id]?.run?.lost(now: now)
    effects.append(.event(device: id, .offline))
    effects.append(.changed(device: id))
  }

  // MARK: Time

  /// Does what time asks for.
  public mutating func poll(now: Instant, _ effects: inout [DeviceEffect]) {
    for (id, device) in devices {
      pollLink(of: device, now: now, &effects)
      connectIfDue(id, now: now, &effects)
      pollRun(of: id, now: now, &effects)
      if let closing = device.closing, device.isConnected, !device.saidThatItDoesNotClose,
        now - closing >= SequenceRun.patience
      {
        devices[id]?.saidThatItDoesNotClose = true
        effects.append(.event(device: id, .doesNotClose))
        effects.append(.changed(device: id))
      }
    }
  }

  private mutating func pollLink(
    of device: Device, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    guard let link = device.link else { return }
    if !link.isReady {
      if now - link.start >= Self.connectTime { drop(link.id, now: now, &effects) }
    } else if device.liveness.state(now: now) != .online {
      drop(link.id, now: now, &effects)
    } else if device.capabilities.contains(.keepAlive), link.nextKeepAlive <= now {
      link.nextKeepAlive = now + DWN.period
      effects.append(.send(link.id, link.wrap([0x79, 0x6F])))
    }
  }

  private mutating func pollRun(
    of id: String, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    guard let due = devices[id]?.run?.nextDeadline, due <= now else { return }
    var actions: [RunAction] = []
    devices[id]?.run?.poll(now: now, &actions)
    perform(actions, on: id, now: now, &effects)
  }
}
