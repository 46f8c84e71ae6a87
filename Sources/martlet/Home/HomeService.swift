import MartletDWN
import MartletDevice
import MartletHost
import MartletNodes
import MartletStack

/// A device of a home on its stack: found and talked to by DWN.
final class HomeService<Device: VisibleDevice & ~Copyable>: StackService {
  private var server: NodeServer<Device>
  private let surroundings: DeviceSurroundings
  /// Sees each turn of the device.
  private let look: ((borrowing Device, Instant) -> Void)?
  /// The time of the last turn.
  private var now: Instant

  init(
    _ device: consuming Device, settings: NodeSettings, in surroundings: DeviceSurroundings,
    on interface: InterfaceID, of stack: inout Stack, now: Instant,
    look: ((borrowing Device, Instant) -> Void)? = nil
  ) throws(StackError) {
    var generator = SystemRandomNumberGenerator()
    let entropy = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    server = try NodeServer(
      device, settings: settings, on: interface, of: &stack, entropy: entropy, now: now)
    self.surroundings = surroundings
    self.look = look
    self.now = now
  }

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    self.now = now
    guard server.handle(event, on: &stack, now: now) else { return false }
    if let key = server.takeNewKey() { surroundings.keep(key) }
    return true
  }

  func poll(on stack: inout Stack, now: Instant) {
    self.now = now
    let wishes = surroundings.handle?.takeWishes() ?? []
    for wish in wishes { grant(wish, on: &stack, now: now) }
    if !wishes.isEmpty || server.nextDeadline(after: now) <= now {
      server.poll(on: &stack, now: now)
    }
    look?(server.device, now)
    surroundings.handle?.show(
      DeviceStanding(
        reading: server.device.reading(now: now), hasHub: server.hasHub,
        isProved: server.hasProvedHub, isPaired: server.isPaired, pairingEnd: server.pairingEnd,
        time: now))
  }

  private func grant(_ wish: DeviceHandle.Wish, on stack: inout Stack, now: Instant) {
    switch wish {
    case .pair(let code, let interval): server.openPairing(code, until: now + interval)
    case .forget:
      server.forgetPairing(on: &stack, now: now)
      surroundings.folder?.remove(.pairing)
    case .input(let input, let isActive):
      guard HomeNode.inputPins.indices.contains(input) else { return }
      surroundings.board.set(isActive ? .low : .high, on: HomeNode.inputPins[input])
    }
  }

  var nextDeadline: Instant? { server.nextDeadline(after: now) }
}
