internal import MartletDevice
internal import MartletFlow

/// Who hears of what forwarding has for controllers, on the loop's thread.
protocol SwitchObserver: AnyObject {
  /// A frame is for the controllers; the bytes are valid during the call.
  func packetIn(_ packetIn: PacketIn, _ frame: RawSpan, _ info: FrameInfo, of bridge: String)
  /// A flow has gone whose maker wanted to know.
  func flowRemoved(_ removed: RemovedFlow, of bridge: String)
  /// A port carries nothing because of a loop; `nil` when it does again.
  func portIsBlocked(_ port: String, because reason: String?, of bridge: String)
}
