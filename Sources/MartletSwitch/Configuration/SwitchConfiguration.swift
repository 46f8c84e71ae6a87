/// What a switch is to be: plain values, the same whoever wrote them.
public struct SwitchConfiguration: Equatable, Sendable {
  /// The bridges, in the order in which they were added.
  public var bridges: [BridgeConfiguration] = []

  /// Without bridges.
  public init() {}

  /// The bridge of that name.
  public subscript(bridge name: String) -> BridgeConfiguration? {
    get { bridges.first { $0.name == name } }
    set {
      let index = bridges.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let bridge?): bridges[index] = bridge
      case (let index?, nil): bridges.remove(at: index)
      case (nil, let bridge?): bridges.append(bridge)
      case (nil, nil): break
      }
    }
  }

  /// The bridge that has a port of that name.
  public func bridge(ofPort name: String) -> BridgeConfiguration? {
    bridges.first { $0[port: name] != nil }
  }
}
