import MartletDevice
import MartletFlow
import MartletOpenFlow

/// A bridge without devices: frames that leave it are kept.
final class MemoryBridge: OpenFlowHost, @unchecked Sendable {
  var datapath = Datapath()
  var sent: [PortNumber] = []

  init(ports: UInt32 = 3) {
    for number in 1...ports { try? datapath.addPort(BridgePort(PortNumber(number))) }
  }

  func withDatapath<Result>(_ body: (inout Datapath) -> Result) -> Result { body(&datapath) }

  func emit(_ output: FlowOutput, _ frame: RawSpan, _ info: FrameInfo) {
    if case .port(let number, _) = output { sent.append(number) }
  }

  func flush() {}
}
