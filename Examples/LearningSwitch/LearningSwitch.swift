import MartletController
import MartletFlow
import MartletWire

/// A switch that learns: where a station was seen, frames for it go; all others go everywhere.
struct LearningSwitch: ControllerApplication {
  var stations: [MACAddress: PortNumber] = [:]

  mutating func begin(_ bridge: inout BridgeControl) throws(ControllerError) {
    try bridge.deleteFlows()
    try bridge.addFlow(priority: 0, actions: [.askController])
  }

  mutating func receive(
    _ packet: ReceivedPacket, _ bridge: inout BridgeControl
  ) throws(ControllerError) {
    stations[packet.source] = packet.inPort
    guard let port = stations[packet.destination], port != packet.inPort else {
      return try bridge.send(packet, to: .flood)
    }
    try bridge.addFlow(
      packet.match(.inPort, .ethernetSource, .ethernetDestination), priority: 10,
      idleTimeout: 60, actions: [.output(port, maxLength: 0)])
    try bridge.send(packet, to: port)
  }
}

@main
struct Main {
  static func main() async throws {
    let controller = try Controller { LearningSwitch() }
    try await controller.listen(at: CommandLine.arguments.dropFirst().first ?? "ptcp:6653")
    await controller.run()
  }
}
