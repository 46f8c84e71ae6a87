import MartletDevice
import MartletStack
import MartletWire

/// The echo service (RFC 862) on TCP port 7, in threads with sockets.
///
/// One thread accepts. Each connection has a thread of its own, as long as there are fewer than
/// `connectionLimit`; more wait in the backlog.
final class EchoServer {
  private static let connectionLimit = 16

  private let places = WaitQueue()
  /// Changed with interrupts masked.
  private var connectionCount = 0

  /// Starts the accepting thread.
  static func start() {
    let server = EchoServer()
    Scheduler.spawn("echo") { server.run() }
  }

  private func run() {
    guard let sockets = SocketContext() else { return }
    do throws(SocketError) {
      let listener = try sockets.listen(port: 7)
      while true {
        places.wait { connectionCount >= Self.connectionLimit }
        let connection = try sockets.accept(on: listener)
        withInterruptsMasked { connectionCount += 1 }
        if !Scheduler.spawn("echo connection", { [self] in serve(connection) }) {
          sockets.close(connection)
          leave()
        }
      }
    } catch {
      log("echo: the listener failed")
    }
  }

  private func serve(_ connection: SocketHandle) {
    if let sockets = SocketContext() {
      echo(connection, sockets)
      sockets.close(connection)
    }
    leave()
  }

  private func echo(_ connection: SocketHandle, _ sockets: SocketContext) {
    while let bytes = try? sockets.receiveBuffer(on: connection) {
      guard bytes.count > 0, (try? sockets.sendBuffer(bytes, on: connection)) != nil else {
        return
      }
    }
  }

  private func leave() {
    withInterruptsMasked { connectionCount -= 1 }
    places.wakeOne()
  }
}
