package import MartletFlow

/// What a switch tells a controller.
package enum ControllerEvent: Sendable {
  /// What it is; its ports stand here in OpenFlow 1.0.
  case features(datapathID: UInt64, ports: [PortDescription])
  /// Some of its ports, in 1.3.
  case ports([PortDescription], isLast: Bool)
  /// A port came (0), went (1) or changed (2).
  case portStatus(reason: UInt8, PortDescription)
  /// A frame, or its beginning, of `length` bytes, that came in by a port.
  case packetIn(frame: [UInt8], length: Int, inPort: PortNumber, cookie: UInt64, reason: UInt8)
  /// It refuses what was said.
  case refusal(OpenFlowRefusal)
  /// It wants to know whether anybody is there.
  case echoRequest
  /// All that was said before is done.
  case barrierReply
  /// What a controller need not know.
  case other
}

/// A refusal as it came.
package struct OpenFlowRefusal: Sendable, CustomStringConvertible {
  /// The kind, in the numbers of the version spoken.
  package let type: UInt16
  /// The reason within it.
  package let code: UInt16

  package var description: String { "error type \(type), code \(code)" }
}
