import MartletDWN
import MartletDevice
import MartletHost
import Synchronization

/// A device on its stack's loop, seen from other threads: what somebody who stands before it wants,
/// and what they see.
final class DeviceHandle: Sendable {
  /// What somebody at the node can do.
  enum Wish: Sendable {
    /// Open a pairing window.
    case pair(PairingCode, for: Interval)
    /// Forget the hub.
    case forget
    /// Make an input of the alarm active, or quiet.
    case input(Int, isActive: Bool)
  }

  private struct State {
    var wishes: [Wish] = []
    var standing: DeviceStanding?
    var code: String?
  }

  private let state = Mutex(State())
  private let network: NetworkStack

  init(of network: NetworkStack) { self.network = network }

  /// Lets the device do something; it is done when this returns.
  func ask(_ wish: Wish) async {
    state.withLock { $0.wishes.append(wish) }
    await look()
  }

  /// Opens a pairing window, and returns the code that its hub is to be given.
  func openPairing(for interval: Interval) async -> String {
    var generator = SystemRandomNumberGenerator()
    let entropy = (0..<PairingCode.entropyCount).map { _ in
      UInt8.random(in: .min ... .max, using: &generator)
    }
    guard let code = PairingCode(entropy: entropy) else {
      preconditionFailure("a code is made of as many bytes")
    }
    let text = Self.text(code)
    state.withLock { $0.code = text }
    await ask(.pair(code, for: interval))
    return text
  }

  private static func text(_ code: PairingCode) -> String {
    let symbols = code.symbols
    return stride(from: 0, to: symbols.count, by: 4).map {
      String(decoding: symbols[$0..<min($0 + 4, symbols.count)], as: UTF8.self)
    }.joined(separator: "-")
  }

  /// Lets the loop turn once, and says how the device stands then.
  @discardableResult
  func look() async -> DeviceStanding? {
    // Services are polled after what runs on the loop: two turns, and this one is seen.
    await network.withStack { _, _ in }
    await network.loop.sleep(for: .milliseconds(1))
    return state.withLock { $0.standing }
  }

  /// The code of the window that is open.
  var code: String? { state.withLock { $0.code } }

  // MARK: The device's side

  func takeWishes() -> [Wish] {
    state.withLock { state in
      defer { state.wishes = [] }
      return state.wishes
    }
  }

  func show(_ standing: DeviceStanding) {
    state.withLock { state in
      state.standing = standing
      if standing.pairingEnd == nil { state.code = nil }
    }
  }
}
