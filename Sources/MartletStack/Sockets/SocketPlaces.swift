/// Where each kind of socket stands in the readiness queue: one number for every slot of all tables.
struct SocketPlaces: BitwiseCopyable {
  /// The place of the first listener; connections come before.
  let listeners: Int
  /// The place of the first UDP socket.
  let udpSockets: Int
  /// The place of the first echo socket.
  let echoSockets: Int
  /// The number of places.
  let count: Int

  init(_ configuration: Configuration) {
    listeners = configuration.connectionCount
    udpSockets = listeners + configuration.listenerCount
    echoSockets = udpSockets + configuration.udpSocketCount
    count = echoSockets + configuration.echoSocketCount
  }
}
