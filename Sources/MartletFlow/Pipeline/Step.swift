/// One thing done to every frame of a kind, once it is known what the tables say of it.
enum Step: Equatable, Sendable {
  case output(PortNumber)
  /// New values of fields; the index of the rewrite.
  case rewrite(Int)
  case pushVLAN(type: UInt16, tci: UInt16)
  case setVLAN(tci: UInt16)
  case popVLAN
  case pushMPLS(type: UInt16, entry: UInt32)
  case popMPLS(type: UInt16)
  /// The frame is again what it was when it came.
  case restore
  case tunnel(TunnelMetadata)
  /// The index of what the controllers are told.
  case controller(Int)
  case meter(UInt32)
  case countGroup(UInt32)
  /// Connection tracking; the index of the request.
  case track(Int)
  /// A station is at its port; not more often than once a second.
  case learn(address: UInt64, vlan: UInt16, port: PortNumber)
}

extension Step {
  /// Whether it takes away or puts in a tag or a label.
  var changesLayout: Bool {
    switch self {
    case .pushVLAN, .popVLAN, .pushMPLS, .popMPLS: true
    default: false
    }
  }

  /// Whether it changes the frame's bytes.
  var changesFrame: Bool {
    switch self {
    case .rewrite, .setVLAN, .restore: true
    default: changesLayout
    }
  }
}
