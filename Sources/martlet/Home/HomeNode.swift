import MartletDWN
import MartletDevice
import MartletHost
import MartletHouse
import MartletNodes
import MartletStack
import MartletWire

/// Makes the devices of a home.
enum HomeNode {
  /// Adds what a node of this kind does for a home; nothing for the other kinds.
  static func add(
    _ kind: NodePlan.Kind, to network: NetworkStack, on interface: InterfaceID,
    linkAddress: MACAddress, key: [UInt8]?
  ) async throws {
    switch kind {
    case .web, .services: return
    case .irrigation:
      let settings = settings("IRRIGATION_CONTROLLER", linkAddress, key)
      try await network.addService { (stack, now) throws(StackError) in
        let board = VirtualBoard()
        return try HomeService(
          IrrigationController(pins: board, memory: board, now: now), settings: settings,
          on: interface, of: &stack, now: now)
      }
    case .led:
      let settings = settings("DWN LED STRIP", linkAddress, key)
      try await network.addService { (stack, now) throws(StackError) in
        try HomeService(
          LightEngine(memory: VirtualBoard(), now: now), settings: settings, on: interface,
          of: &stack, now: now)
      }
    case .alarm:
      let settings = settings("ESP8266 ALARM PGM", linkAddress, key)
      try await network.addService { (stack, now) throws(StackError) in
        try HomeService(
          AlarmInputs(pins: VirtualBoard(), on: [4, 5], now: now), settings: settings,
          on: interface, of: &stack, now: now)
      }
    case .presence:
      let settings = settings("DWN PRESENCE", linkAddress, key)
      try await network.addService { (stack, now) throws(StackError) in
        try HomeService(
          PresenceBeacon(), settings: settings, on: interface, of: &stack, now: now)
      }
    }
  }

  private static func settings(
    _ name: ShortText, _ address: MACAddress, _ key: [UInt8]?
  ) -> NodeSettings {
    var settings = NodeSettings(name: name, id: ShortText(Array(id(of: address).utf8)) ?? "node")
    settings.key = key.flatMap { PairingKey($0) }
    return settings
  }

  /// A node's name for itself is its card's address in 12 hexadecimal digits.
  static func id(of address: MACAddress) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: (0..<12).map { digits[Int(address.rawValue >> UInt64(44 - 4 * $0) & 15)] },
      as: UTF8.self)
  }
}
