public import MartletDevice
public import MartletFlow

/// What has a bridge that a service lets controllers change. All is called on the service's loop, and on no
/// other thread.
public protocol OpenFlowHost: AnyObject, Sendable {
  /// Lends the bridge's forwarding.
  func withDatapath<Result>(_ body: (inout Datapath) -> Result) -> Result
  /// Sends a frame as forwarding says. It is called while the datapath is lent, and must not call it.
  func emit(_ output: FlowOutput, _ frame: RawSpan, _ info: FrameInfo)
  /// Called when what was emitted may go on its way: the datapath is not lent any more.
  func flush()
}
