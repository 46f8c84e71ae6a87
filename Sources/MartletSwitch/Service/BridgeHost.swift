internal import MartletDevice
internal import MartletFlow
internal import MartletOpenFlow

/// A bridge as its OpenFlow service has it. Both run on the loop's thread alone, so that it may be given from
/// one to the other.
final class BridgeHost: OpenFlowHost, @unchecked Sendable {
  private unowned let engine: SwitchEngine
  private let bridge: SwitchBridge

  init(_ bridge: SwitchBridge, of engine: SwitchEngine) {
    self.bridge = bridge
    self.engine = engine
  }

  func withDatapath<Result>(_ body: (inout Datapath) -> Result) -> Result {
    body(&bridge.datapath)
  }

  func emit(_ output: FlowOutput, _ frame: RawSpan, _ info: FrameInfo) {
    engine.emit(output, frame, info, of: bridge, depth: 0)
  }

  func flush() {
    engine.forwardPatched()
    engine.flush()
  }
}
