internal import MartletWire

extension StackError: CustomStringConvertible {
  /// One sentence for a person.
  public var description: String {
    switch self {
    case .tableFull(let table): "too many \(table); close some or raise the limit"
    case .staleHandle: "the socket is closed"
    case .noSuchInterface: "the stack has no such interface"
    case .badAddress(let address): "\(address) is not the address of one host"
    case .addressNotLocal(let address): "\(address) is not an address of this stack"
    case .addressInUse(let address): "\(address) is an address of this stack already"
    case .gatewayUnreachable(let gateway):
      "gateway \(gateway) lies in no network of this stack; give an interface an address in its "
        + "network first"
    case .noRoute(let address): "no route leads to \(address); add one, or a gateway"
    case .broadcastNotAllowed(let address):
      "\(address) is a broadcast address; allow broadcasts in the socket's options"
    case .portInUse(0): "all ports of the dynamic range are in use"
    case .portInUse(let port): "port \(port) is in use; close its user or choose another"
    case .badState: "the operation does not fit the socket's state"
    case .messageTooLong(let limit): "the datagram is longer than \(limit) bytes"
    case .wouldBlock: "the queues are full"
    case .connectionEnded(let reason): "the connection has ended: \(reason.name)"
    case .badSize(let size): "the MTU \(size) is none; 576 bytes up to what the device takes are"
    }
  }
}

extension StackError.Table: CustomStringConvertible {
  /// What the table holds, in the plural.
  public var description: String {
    switch self {
    case .interfaces: "interfaces"
    case .addresses: "addresses"
    case .routes: "routes"
    case .groups: "multicast groups"
    case .connections: "connections"
    case .listeners: "listeners"
    case .udpSockets: "UDP sockets"
    case .echoSockets: "echo sockets"
    }
  }
}

extension EndReason {
  fileprivate var name: String {
    switch self {
    case .closed: "closed"
    case .refused: "refused"
    case .reset: "reset by the peer"
    case .aborted: "aborted"
    case .timedOut: "the peer does not answer"
    case .hostUnreachable: "the host cannot be reached"
    case .networkUnreachable: "the network cannot be reached"
    case .portUnreachable: "nobody listens at the port"
    case .protocolUnreachable: "the host does not speak the protocol"
    case .prohibited: "a filter on the way refuses it"
    case .interfaceGone: "its interface was removed"
    }
  }
}
