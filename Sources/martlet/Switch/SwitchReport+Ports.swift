import MartletHouse
import MartletSwitch

extension SwitchReport {
  /// The ports in a form: `text`, `json` or `qemu`; all, or one.
  func ports(_ form: String, named name: String?) throws(Failure) -> String {
    var ports = bridges.flatMap { bridge in bridge.ports.map { (bridge, $0) } }
    if let name {
      let known = ports.map { $0.1.configuration.name }
      ports = ports.filter { $0.1.configuration.name == name }
      guard !ports.isEmpty else {
        throw Failure(.noInput, NearestName.unknown("port", name, known))
      }
    }
    switch form {
    case "json": return JSON.array(ports.map { $0.1.json }).text + "\n"
    case "qemu":
      let lines = ports.compactMap { $0.1.qemu(bridge: $0.0.configuration) }
      if lines.isEmpty, let name {
        throw Failure(
          .usage, "port '\(name)' is not for a virtual machine; those of type system, unix are")
      }
      return lines.map { $0 + "\n" }.joined()
    default:
      return ports.map { bridge, port in
        "\(bridge.configuration.name) \(port.configuration.name) \(port.configuration.kind.name)\n"
      }.joined()
    }
  }
}

extension SwitchReport.Port {
  /// The arguments that plug a virtual machine in; `nil` where none can be.
  fileprivate func qemu(bridge: BridgeConfiguration) -> String? {
    let name = configuration.name
    let end: String
    switch configuration.kind {
    case .system(let options):
      end = "tap,id=\(name),ifname=\(options.device ?? name),script=no,downscript=no"
    case .unix(let options):
      if let peer = options.peer {
        end =
          "dgram,id=\(name),local.type=unix,local.path=\(peer),"
          + "remote.type=unix,remote.path=\(options.path)"
      } else {
        let server = options.connects ? "on" : "off"
        end = "stream,id=\(name),server=\(server),addr.type=unix,addr.path=\(options.path)"
      }
    default: return nil
    }
    let address = StationAddress.make(bridge: bridge.datapathID, port: configuration.number)
    return "-netdev \(end) -device virtio-net-pci,netdev=\(name),mac=\(address)"
  }
}
