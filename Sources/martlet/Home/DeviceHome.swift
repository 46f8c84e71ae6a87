import MartletDWN
import MartletDevice
import MartletHost
import MartletHouse
import MartletNodes
import MartletStack
import MartletWire

/// What a device that runs by itself lives with: its state folder, its key, its Ethernet address.
struct DeviceHome: Sendable {
  /// The address that it was made with.
  let linkAddress: MACAddress
  private let name: String
  private let folder: StateFolder
  private let key: PairingKey?
  private let boots: UInt32
  private let obeysAnybody: Bool
  private let opensWindow: Bool
  private let trace: String?

  init(name: String, options: DeviceOptions) throws {
    self.name = name
    folder = try StateFolder(
      at: options.state ?? StateFolder.place(of: "node-\(name)"), of: "a node")
    let records = RecordFolder(in: folder)
    obeysAnybody = options.auth == .none
    opensWindow = options.pair
    trace = options.trace
    key = obeysAnybody ? nil : records.read(.pairing).flatMap { PairingKey($0) }
    boots = (records.read(.boots).map(Self.number) ?? 0) &+ 1
    guard records.write(Self.bytes(boots), to: .boots) else {
      throw Failure(.cannotCreate, "\(folder.path): nothing can be written there; choose --state")
    }
    if let kept = records.read("address"), kept.count == 6 {
      linkAddress = MACAddress(rawValue: kept.reduce(0) { $0 << 8 | UInt64($1) })
    } else {
      linkAddress = .randomLocal()
      let value = linkAddress.rawValue
      records.write(
        (0..<6).map { UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * $0)) }, to: "address")
    }
  }

  private static func number(_ bytes: [UInt8]) -> UInt32 {
    bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func bytes(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
  }

  /// Adds the device to its stack.
  func add(
    _ kind: NodePlan.Kind, to network: NetworkStack, on interface: InterfaceID,
    identity: NodeIdentity, connectionCount: Int
  ) async throws -> DeviceHandle {
    let handle = DeviceHandle(of: network)
    // Made here, where a path that cannot be written is an error of the command.
    let trace = try self.trace.map { Traced(file: try PinTrace($0)) }
    try await HomeNode.add(
      kind, to: network, on: interface, identity: identity, connectionCount: connectionCount,
      settings: { [key, boots, obeysAnybody] settings in
        settings.key = key
        settings.boots = boots
        settings.requiresPairing = !obeysAnybody
        settings.firmware = ShortText(Array("martlet \(Martlet.version)".utf8)) ?? ShortText()
      }
    ) { [folder] in
      DeviceSurroundings(
        folder: RecordFolder(in: folder), handle: handle, trace: trace?.file)
    }
    return handle
  }

  /// Says whom it obeys, and opens the window that was asked for.
  func announce(_ handle: DeviceHandle) async {
    if obeysAnybody {
      Terminal.complain(
        "--auth none: anyone on this network commands \(name), and can open its valves")
    } else if opensWindow {
      Terminal.say("pairing code \(await handle.openPairing(for: .seconds(600)))")
    } else if key == nil {
      Terminal.say("not paired: obeys nobody yet; martlet node pair --node \(name) prints a code")
    }
  }

  /// Hands a trace to the loop's thread, which has it alone from then on.
  private struct Traced: @unchecked Sendable {
    let file: PinTrace
  }
}
