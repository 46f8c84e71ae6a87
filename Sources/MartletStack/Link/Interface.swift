internal import MartletDevice
internal import MartletWire

/// One attachment of the stack to a link: what the core knows of a device.
struct Interface: ~Copyable {
  /// What the device can do.
  let capabilities: DeviceCapabilities
  /// The longest IP packet sent, which its owner may set below the device's.
  var maximumTransmissionUnit: Int
  /// The first address, for the fast path; unspecified while there is none.
  var primaryAddress = IPv4Address.unspecified
  /// Whether packets to any destination are taken as this host's own (a packet tunnel).
  var acceptsAllDestinations = false
  /// Frames whose destination is known, waiting for transmit slots.
  var queue = PacketQueue()
  /// Connections with something to send by this interface.
  var ready = ConnectionList()
  /// The UDP socket that takes what no other wants, if there is one.
  var wildcardUDPSocket: Int?
  /// The echo socket that takes requests to hosts which this one is not, if there is one.
  var wildcardEchoSocket: Int?
  /// Whether a UDP socket was refused for want of room in the queue.
  var hasWaitingSenders = false
  /// What this interface has moved.
  var counters = InterfaceCounters()

  init(capabilities: DeviceCapabilities) {
    self.capabilities = capabilities
    self.maximumTransmissionUnit = capabilities.maximumTransmissionUnit
  }

  /// The bytes of the link's own header.
  var linkHeaderLength: Int { capabilities.medium == .ethernet ? 14 : 0 }
  /// Whether anything waits for a transmit slot.
  var hasWork: Bool { !queue.isEmpty || !ready.isEmpty }
}
