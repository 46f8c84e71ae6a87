// What must hold of a configuration as a whole: said once, for files, commands and OVSDB alike.

extension SwitchConfiguration {
  /// Why a bridge may not be added; `nil` when it may.
  public func problem(with bridge: BridgeConfiguration) -> String? {
    guard PortName.isFit(bridge.name) else {
      return "'\(bridge.name)' is no name; expected \(PortName.rule)"
    }
    if self[bridge: bridge.name] != nil { return "there is a bridge '\(bridge.name)' already" }
    if let other = self.bridge(ofPort: bridge.name) {
      return "'\(bridge.name)' is a port of bridge '\(other.name)'; names are taken once"
    }
    for port in bridge.ports {
      if let problem = problem(withName: port.name) { return problem }
    }
    if let other = bridges.first(where: { $0.datapathID == bridge.datapathID }) {
      return "the datapath id is that of bridge '\(other.name)' too"
    }
    return nil
  }

  /// Why a port may not have a name; `nil` when it may.
  public func problem(withName name: String) -> String? {
    if self[bridge: name] != nil { return "'\(name)' is a bridge; names are taken once" }
    if let other = bridge(ofPort: name) {
      return "bridge '\(other.name)' has a port '\(name)' already"
    }
    return nil
  }
}

extension BridgeConfiguration {
  /// Why a port may not be added; `nil` when it may.
  public func problem(with port: PortConfiguration) -> String? {
    guard PortName.isFit(port.name) else {
      return "'\(port.name)' is no name; expected \(PortName.rule)"
    }
    if port.name == name || self[port: port.name] != nil {
      return "there is a port '\(port.name)' already"
    }
    if let other = ports.first(where: { $0.number == port.number }) {
      return "number \(port.number) is that of port '\(other.name)'"
    }
    if port.vlan.effectiveMode == .access, port.vlan.tag == nil {
      return "an access port needs a tag, 1 to 4094"
    }
    return nil
  }
}
