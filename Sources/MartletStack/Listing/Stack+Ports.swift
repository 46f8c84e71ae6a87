internal import MartletWire

extension Stack {
  /// Whether a connection, one in TIME-WAIT included, has this end of the host's; at the unspecified
  /// address, any with the port.
  public func hasConnection(at local: Endpoint) -> Bool {
    for index in 0..<tcp.connections.highWater where tcp.connections.isUsed(index) {
      if tcp.connections[index].key.isAt(local) { return true }
    }
    return tcp.timeWait.contains { $0.key.isAt(local) }
  }
}

extension ConnectionKey {
  /// Whether this side is `local`, whose address may be left open.
  fileprivate func isAt(_ local: Endpoint) -> Bool {
    localPort == local.port && (local.address.isUnspecified || localAddress == local.address)
  }
}
