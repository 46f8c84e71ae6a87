public import MartletDevice
internal import MartletWire

extension Stack {
  /// Takes one frame in, with its link header if the medium has one.
  ///
  /// Nothing is sent during the call: replies wait for `transmit`. The bytes are not kept.
  public mutating func receive(
    _ frame: RawSpan, info: FrameInfo = FrameInfo(), on id: InterfaceID, now: Instant
  ) {
    advance(to: now)
    guard let interface = try? index(of: id) else { return drop(.interfaceGone) }
    interfaces[interface].counters.inFrames &+= 1
    interfaces[interface].counters.inOctets &+= UInt64(frame.byteCount)
    switch interfaces[interface].capabilities.medium {
    case .ethernet:
      receiveEthernet(frame, info: info, on: interface)
    case .ip:
      receiveIPv4(frame, info: info, on: interface, isLinkBroadcast: false)
    }
  }

  private mutating func receiveEthernet(_ frame: RawSpan, info: FrameInfo, on interface: Int) {
    guard let ethernet = try? EthernetView(parsing: frame) else { return drop(.frameTruncated) }
    let destination = ethernet.destination
    let isForUs = destination == interfaces[interface].capabilities.linkAddress
    guard isForUs || destination.isMulticast else { return drop(.frameNotForUs) }
    switch ethernet.etherType {
    case .ipv4:
      receiveIPv4(ethernet.payload, info: info, on: interface, isLinkBroadcast: !isForUs)
    case .arp:
      receiveARP(ethernet.payload, on: interface)
    default:
      drop(.etherTypeUnknown)
    }
  }
}
