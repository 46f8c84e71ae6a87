internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletWire

/// Opens what carries ports' frames.
final class PortOpener {
  private let loop: EventLoop
  private var receivers: [VXLANReceiver] = []

  init(loop: EventLoop) { self.loop = loop }

  /// Opens a port of a kind; throws what to tell its user.
  func open(
    _ kind: PortKind, named name: String, wake: @escaping (PortLink) -> Void
  ) throws(HostError) -> PortLink {
    switch kind {
    case .system(let options):
      let device = options.device ?? name
      if let mtu = options.maximumTransmissionUnit {
        try HostInterface(device).setMaximumTransmissionUnit(mtu)
      }
      return try DeviceLink(
        PacketSocketDevice(on: device, offloads: options.offloads), subject: "interface \(device)",
        on: loop, wake: wake)
    case .tap(let options):
      var host = PortKind.InternalOptions()
      host.offloads = options.offloads
      host.maximumTransmissionUnit = options.maximumTransmissionUnit
      return try tap(options.device ?? name, host, wake)
    case .internal(let options): return try tap(name, options, wake)
    case .gre(let options): return try GRELink(options, on: loop, wake: wake)
    case .vxlan(let options):
      return try VXLANLink(options, by: try receiver(for: options), wake: wake)
    case .unix(let options): return try unix(options, wake)
    case .memory, .gateway:
      return try InProcessLink(maximumTransmissionUnit: 1500, on: loop, wake: wake)
    case .attached:
      throw .unsupported(
        "port \(name)", advice: "it waits for a descriptor: martlet switch attach --port \(name)")
    case .patch:
      throw .unsupported("port \(name)", advice: "a patch port is carried by nothing")
    }
  }

  /// Takes over what another process has handed to a port.
  func open(
    attached descriptor: consuming Descriptor, maximumTransmissionUnit mtu: Int,
    named name: String, wake: @escaping (PortLink) -> Void
  ) throws(HostError) -> PortLink {
    switch HostCalls.kind(of: descriptor.rawValue) {
    case .stream:
      return try DeviceLink(
        StreamLinkDevice(connected: descriptor, maximumTransmissionUnit: mtu),
        subject: "the socket of \(name)", on: loop, wake: wake)
    case .datagrams:
      return try DeviceLink(
        DatagramLinkDevice(connected: descriptor, maximumTransmissionUnit: mtu),
        subject: "the socket of \(name)", on: loop, wake: wake)
    case .other:
      return try DeviceLink(
        TunTapDevice(attached: descriptor, maximumTransmissionUnit: mtu),
        subject: "the TAP of \(name)", on: loop, wake: wake)
    }
  }

  /// Lets go of what no port uses any more.
  func closeIdle() {
    for receiver in receivers where receiver.isIdle { receiver.close() }
    receivers.removeAll(where: \.isIdle)
  }

  private func receiver(for options: TunnelOptions) throws(HostError) -> VXLANReceiver {
    let local = options.local ?? .unspecified
    let port = options.destinationPort
    if let receiver = receivers.first(where: { $0.local == local && $0.port == port }) {
      return receiver
    }
    let receiver = try VXLANReceiver(local: local, port: port, on: loop)
    receivers.append(receiver)
    return receiver
  }

  private func unix(
    _ options: PortKind.UnixOptions, _ wake: @escaping (PortLink) -> Void
  ) throws(HostError) -> PortLink {
    let mtu = options.maximumTransmissionUnit
    if let peer = options.peer {
      return try DeviceLink(
        DatagramLinkDevice(path: options.path, peer: peer, maximumTransmissionUnit: mtu),
        subject: options.path, on: loop, wake: wake)
    }
    guard options.connects else {
      return try UnixStreamLink(
        listeningAt: options.path, maximumTransmissionUnit: mtu, on: loop, wake: wake)
    }
    return try DeviceLink(
      StreamLinkDevice(connectingTo: options.path, maximumTransmissionUnit: mtu),
      subject: options.path, on: loop, wake: wake)
  }

  /// A TAP that is set up: the other side is the host's kernel.
  private func tap(
    _ name: String, _ options: PortKind.InternalOptions, _ wake: @escaping (PortLink) -> Void
  ) throws(HostError) -> PortLink {
    // Attached first, which makes it; what is set counts when the device is made of it.
    let descriptor = try TunTapDevice.attach(.tap, to: name, offloads: options.offloads)
    let interface = HostInterface(name)
    if let mtu = options.maximumTransmissionUnit { try interface.setMaximumTransmissionUnit(mtu) }
    if let address = options.linkAddress { try interface.setLinkAddress(address) }
    if let address = options.address {
      try interface.configure(address)
    } else {
      try interface.setUp()
    }
    return try DeviceLink(
      TunTapDevice(attached: descriptor), subject: "interface \(name)", on: loop, wake: wake)
  }
}
