internal import MartletHouse
internal import MartletWire

// Types and options by their names, as files, command lines and OVSDB have them.

extension PortKind {
  /// The kind of that name with these options. Names are those of Open vSwitch where it has them.
  public init(type: String, options: [(name: String, value: String)]) throws(OptionError) {
    var reader = OptionReader(type: type, options: options)
    switch type {
    case "system", "tap":
      var device = DeviceOptions()
      device.device = try reader.text("device")
      device.offloads = try reader.boolean("offload") ?? true
      device.maximumTransmissionUnit = try reader.number("mtu", 576...65_535)
      self = type == "tap" ? .tap(device) : .system(device)
    case "internal":
      var port = InternalOptions()
      port.address = try reader.value("address", like: "10.20.0.1/24") { IPv4Prefix($0) }
      port.linkAddress = try reader.value("mac", like: "02:00:00:00:00:01") { MACAddress($0) }
      port.offloads = try reader.boolean("offload") ?? true
      port.maximumTransmissionUnit = try reader.number("mtu", 576...65_535)
      self = .internal(port)
    case "patch":
      guard let peer = try reader.text("peer") else {
        throw OptionError(option: "peer", problem: "is missing: the port at the other end")
      }
      self = .patch(peer: peer)
    case "gre", "vxlan":
      let tunnel = try Self.tunnel(&reader, isVXLAN: type == "vxlan")
      self = type == "gre" ? .gre(tunnel) : .vxlan(tunnel)
    case "unix": self = .unix(try Self.unix(&reader))
    case "attached": self = .attached
    case "memory": self = .memory
    case "gateway": self = .gateway(try GatewayPortOptions(&reader))
    default:
      throw OptionError(option: "type", problem: NearestName.unknown("type", type, Self.names))
    }
    try reader.end()
  }

  private static func tunnel(
    _ reader: inout OptionReader, isVXLAN: Bool
  ) throws(OptionError) -> TunnelOptions {
    guard let remote = try reader.text("remote_ip") else {
      throw OptionError(
        option: "remote_ip", problem: "is missing: the other end's address, or 'flow'")
    }
    let address = IPv4Address(remote)
    guard remote == "flow" || address?.isUnicast == true else {
      throw OptionError(
        option: "remote_ip",
        problem: "'\(remote)' is no host's address; expected one like 192.0.2.2, or 'flow'")
    }
    var tunnel = TunnelOptions(remote: address)
    tunnel.local = try reader.value("local_ip", like: "192.0.2.1") { IPv4Address($0) }
    if let key = try reader.text("key") {
      let number = UInt32(number: key)
      guard key == "flow" || number != nil, !isVXLAN || (number ?? 0) < 1 << 24 else {
        throw OptionError(
          option: "key",
          problem: "'\(key)' is no key; expected 0 to \(isVXLAN ? "16777215" : "4294967295"), "
            + "or 'flow'")
      }
      tunnel.key = number.map { .value($0) } ?? .flow
    } else if isVXLAN {
      tunnel.key = .value(0)
    }
    if isVXLAN {
      tunnel.destinationPort = UInt16(try reader.number("dst_port", 1...65_535) ?? 4789)
    } else {
      tunnel.hasChecksum = try reader.boolean("csum") ?? false
      tunnel.hasSequenceNumber = try reader.boolean("seq") ?? false
    }
    tunnel.dontFragment = try reader.boolean("df_default") ?? true
    tunnel.timeToLive = UInt8(try reader.number("ttl", 1...255) ?? 64)
    tunnel.clampsSegments = try reader.boolean("clamp_mss") ?? true
    tunnel.answersTooBig = try reader.boolean("answer_too_big") ?? true
    tunnel.maximumTransmissionUnit = try reader.number("mtu", 576...10_218)
    return tunnel
  }

  private static func unix(_ reader: inout OptionReader) throws(OptionError) -> UnixOptions {
    guard let path = try reader.text("path") else {
      throw OptionError(option: "path", problem: "is missing: the socket's file")
    }
    guard path.utf8.count <= 107 else {
      throw OptionError(option: "path", problem: "is longer than the 107 bytes of a socket's path")
    }
    var unix = UnixOptions(path: path)
    unix.framing =
      try reader.value("framing", like: "stream or datagram") {
        UnixOptions.Framing(rawValue: $0)
      } ?? .stream
    unix.connects = try reader.boolean("connect") ?? false
    unix.peer = try reader.text("peer")
    unix.maximumTransmissionUnit =
      try reader.number("mtu", 576...65_535) ?? unix.maximumTransmissionUnit
    guard (unix.framing == .datagram) == (unix.peer != nil) else {
      throw OptionError(
        option: "peer",
        problem: unix.peer == nil
          ? "is missing: the socket that the peer receives datagrams at"
          : "belongs to framing=datagram")
    }
    return unix
  }

  /// The options that differ from what they are without being named.
  public var options: [(name: String, value: String)] {
    var writer = OptionWriter()
    switch self {
    case .system(let device), .tap(let device):
      writer.add("device", device.device)
      writer.add("offload", device.offloads ? nil : "false")
      writer.add("mtu", device.maximumTransmissionUnit)
    case .internal(let port):
      writer.add("address", port.address)
      writer.add("mac", port.linkAddress)
      writer.add("offload", port.offloads ? nil : "false")
      writer.add("mtu", port.maximumTransmissionUnit)
    case .patch(let peer): writer.add("peer", peer)
    case .gre(let tunnel): Self.write(tunnel, isVXLAN: false, &writer)
    case .vxlan(let tunnel): Self.write(tunnel, isVXLAN: true, &writer)
    case .unix(let unix):
      writer.add("path", unix.path)
      writer.add("framing", unix.framing == .stream ? nil : unix.framing.rawValue)
      writer.add("connect", unix.connects ? "true" : nil)
      writer.add("peer", unix.peer)
      writer.add(
        "mtu", unix.maximumTransmissionUnit == 9216 ? nil : unix.maximumTransmissionUnit)
    case .gateway(let gateway): gateway.write(&writer)
    case .attached, .memory: break
    }
    return writer.options
  }

  private static func write(
    _ tunnel: TunnelOptions, isVXLAN: Bool, _ writer: inout OptionWriter
  ) {
    writer.add("remote_ip", tunnel.remote?.description ?? "flow")
    writer.add("local_ip", tunnel.local)
    switch tunnel.key {
    case .absent: break
    case .value(let key): writer.add("key", isVXLAN && key == 0 ? nil : Int(key))
    case .flow: writer.add("key", "flow")
    }
    writer.add("dst_port", tunnel.destinationPort == 4789 ? nil : Int(tunnel.destinationPort))
    writer.add("csum", tunnel.hasChecksum ? "true" : nil)
    writer.add("seq", tunnel.hasSequenceNumber ? "true" : nil)
    writer.add("df_default", tunnel.dontFragment ? nil : "false")
    writer.add("ttl", tunnel.timeToLive == 64 ? nil : Int(tunnel.timeToLive))
    writer.add("clamp_mss", tunnel.clampsSegments ? nil : "false")
    writer.add("answer_too_big", tunnel.answersTooBig ? nil : "false")
    writer.add("mtu", tunnel.maximumTransmissionUnit)
  }
}

/// Collects options that have a value.
struct OptionWriter {
  var options: [(name: String, value: String)] = []

  mutating func add(_ name: String, _ value: (some CustomStringConvertible)?) {
    if let value { options.append((name, value.description)) }
  }

  /// A list, with commas between; nothing where it is empty.
  mutating func add(_ name: String, list: [String]) {
    add(name, list.isEmpty ? nil : list.joined(separator: ","))
  }
}
