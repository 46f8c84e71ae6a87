public import MartletHTTP

/// What a node says on its connection.
public enum NodeMessage: Equatable, Sendable, BitwiseCopyable {
  /// It lives.
  case heartbeat
  /// Something changed, and this is how it stands now: bit 0 is valve A or input 1.
  case changed(UInt8)
  /// How it stands, because it was asked or has just been connected.
  case status(UInt8)
  /// A JSON object: ``NodeMessageParser/body``.
  case object
  /// A frame of the authenticated mode: its type and body are ``NodeMessageParser/body``.
  case frame
}

extension OutputBuffer {
  /// Appends a heartbeat, a change or a status; objects and frames are appended as they are.
  public mutating func append(_ message: NodeMessage) {
    switch message {
    case .heartbeat: append(DWN.heartbeat)
    case .changed(let mask):
      append(0x52)
      append(mask)
    case .status(let mask):
      append(0x53)
      append(mask)
    case .object, .frame: break
    }
  }
}
