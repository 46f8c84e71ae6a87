import MartletDevice
import MartletStack
import Testing

extension Network {
  /// Connects the client to a listener of the server and returns both ends.
  mutating func connected(
    port: UInt16 = 80, client options: ConnectionOptions = ConnectionOptions(),
    listener: ListenerOptions = ListenerOptions(), patience: Interval = .seconds(60)
  ) throws -> (client: StreamEnd, server: StreamEnd) {
    let address = Endpoint(Network.serverAddress, port: port)
    let listening = try server.listen(on: address, options: listener)
    let handle = try client.connect(to: address, options: options, now: now)
    var accepted: TCPHandle?
    run(for: patience) { network in
      if accepted == nil { accepted = try? network.server.accept(on: listening) }
      let state = try? network.client.status(of: handle).state
      return accepted == nil || state != .established
    }
    return (StreamEnd(handle: handle), StreamEnd(handle: try #require(accepted)))
  }

  /// Sends `count` bytes from client to server, closes, and reads all; returns how long it took.
  @discardableResult
  mutating func transfer(
    _ count: Int, from sender: inout StreamEnd, to receiver: inout StreamEnd,
    within limit: Interval = .seconds(600), readLimit: Int = .max
  ) -> Interval {
    let start = now
    var from = sender
    var to = receiver
    var isShut = false
    var finished: Instant?
    run(for: limit) { network in
      network.client.sendPattern(&from, upTo: count, now: network.now)
      if from.sentCount == count, !isShut {
        isShut = true
        try? network.client.shutdown(from.handle, now: network.now)
      }
      network.server.readPattern(&to, limit: readLimit, now: network.now)
      if to.hasEnded || from.error != nil || to.error != nil {
        finished = network.now
        return false
      }
      return true
    }
    sender = from
    receiver = to
    return (finished ?? now) - start
  }
}
