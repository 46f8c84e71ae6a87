internal import MartletDevice
internal import MartletWire

extension Datapath {
  /// Forwards as a learning switch does (IEEE 802.1D, 7.7): to where the station was seen, or to all ports
  /// of the frame's VLAN.
  mutating func forwardNormally(_ translation: inout Translation, now: Instant) {
    translation.note(.ethernetSource, .ethernetDestination, .vlanTCI)
    let from = translation.key.inPort
    let source = port(from)
    let tci = translation.vlanTCI
    // What the controller sends comes from no port; it belongs to the VLAN of its tag.
    let mode = source?.vlan ?? .trunk(all: true)
    guard let vlan = mode.vlan(ofTCI: tci) else {
      drop(.vlan, &translation)
      return
    }
    let destination = UInt64(truncatingIfNeeded: translation.key[.ethernetDestination])
    // Frames for the bridges themselves stay where they are (802.1D, table 7-10).
    guard destination & 0xffff_ffff_fff0 != 0x0180_c200_0000 else {
      drop(.reserved, &translation)
      return
    }
    if source != nil { learn(&translation, vlan, at: from, now: now) }
    let address = MACAddress(rawValue: destination)
    if destination >> 40 & 1 == 0,
      let port = stations.port(of: address, vlan: vlan, now: now)
    {
      translation.note(.normal(vlan: vlan, port: port))
      guard port != from else {
        drop(.sameSide, &translation)
        return
      }
      send(to: port, vlan, &translation)
      return
    }
    translation.note(.normal(vlan: vlan, port: nil))
    for other in ports where other.number != from && !other.flags.contains(.noFlood) {
      send(to: other.number, vlan, &translation)
    }
  }

  private func drop(_ reason: FlowDrop, _ translation: inout Translation) {
    if translation.verdict.drop == nil { translation.verdict.drop = reason }
    translation.note(.dropped(reason))
  }

  private mutating func learn(
    _ translation: inout Translation, _ vlan: UInt16, at port: PortNumber, now: Instant
  ) {
    let source = UInt64(truncatingIfNeeded: translation.key[.ethernetSource])
    guard source >> 40 & 1 == 0, source != 0 else { return }
    if stations.learn(MACAddress(rawValue: source), vlan: vlan, at: port, now: now) {
      version &+= 1
    }
    if stationCheck == nil { stationCheck = now + .seconds(1) }
    translation.append(.learn(address: source, vlan: vlan, port: port))
  }

  /// Sends a frame of a VLAN out of a port that carries it, with or without its tag.
  private func send(to number: PortNumber, _ vlan: UInt16, _ translation: inout Translation) {
    guard let port = port(number), let egress = port.vlan.egress(of: vlan) else { return }
    let tci = translation.vlanTCI
    switch egress {
    case .untagged: translation.key[.vlanTCI] = 0
    case .tagged:
      if tci == 0 { translation.vlanType = 0x8100 }
      translation.key[.vlanTCI] = UInt128(tci & 0xe000 | vlan | 0x1000)
    }
    send(to: number, &translation)
    translation.key[.vlanTCI] = UInt128(tci)
  }
}
