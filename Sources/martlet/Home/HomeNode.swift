import MartletDWN
import MartletDevice
import MartletHost
import MartletHouse
import MartletNodes
import MartletStack
import MartletWire

/// Makes the devices of a home.
enum HomeNode {
  /// The pins of an alarm's two inputs, active low.
  static let inputPins: [UInt8] = [4, 5]

  /// Adds what a node of this kind does for a home; nothing for the other kinds. `surroundings` are
  /// made on the loop's thread, as they are its alone.
  static func add(
    _ kind: NodePlan.Kind, to network: NetworkStack, on interface: InterfaceID,
    identity: NodeIdentity, connectionCount: Int,
    settings: @escaping @Sendable (inout NodeSettings) -> Void,
    surroundings make: @escaping @Sendable () -> DeviceSurroundings = { DeviceSurroundings() }
  ) async throws {
    guard let name = name(of: kind) else { return }
    let id = Array(id(of: identity.linkAddress).utf8)
    var made = NodeSettings(name: name, id: ShortText(id) ?? "node")
    settings(&made)
    let settings = made
    switch kind {
    case .web, .services: return
    case .irrigation:
      try await network.addService { (stack, now) throws(StackError) in
        let place = make()
        return try HomeService(
          IrrigationController(pins: place.board, memory: place.board, now: now),
          settings: settings, in: place, on: interface, of: &stack, now: now)
      }
    case .led:
      try await network.addService { (stack, now) throws(StackError) in
        try LightService(
          identity, settings: settings, in: make(), on: interface, of: &stack,
          connectionCount: connectionCount, now: now)
      }
    case .alarm:
      try await network.addService { (stack, now) throws(StackError) in
        let place = make()
        return try HomeService(
          AlarmInputs(pins: place.board, on: [inputPins[0], inputPins[1]], now: now),
          settings: settings, in: place, on: interface, of: &stack, now: now)
      }
    case .presence:
      try await network.addService { (stack, now) throws(StackError) in
        try HomeService(
          PresenceBeacon(), settings: settings, in: make(), on: interface, of: &stack, now: now)
      }
    }
  }

  /// What a device announces; `nil` for what is none.
  private static func name(of kind: NodePlan.Kind) -> ShortText? {
    switch kind {
    case .web, .services: nil
    case .irrigation: "IRRIGATION_CONTROLLER"
    case .led: "DWN LED STRIP"
    case .alarm: "ESP8266 ALARM PGM"
    case .presence: "DWN PRESENCE"
    }
  }

  /// A node's name for itself is its card's address in 12 hexadecimal digits.
  static func id(of address: MACAddress) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: (0..<12).map { digits[Int(address.rawValue >> UInt64(44 - 4 * $0) & 15)] },
      as: UTF8.self)
  }
}
