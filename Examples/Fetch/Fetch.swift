import Glibc
import MartletHost
import MartletWire

/// Fetches a page over a TCP/IP stack in this process: `Fetch TAP HOST [PATH]`.
///
/// The host's kernel carries Ethernet frames to and from the TAP interface and knows nothing of the
/// connection. On its side there must be a DHCP server, a name server and the page.
@main
struct Fetch {
  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: Fetch TAP HOST [PATH]")
      exit(64)
    }
    do {
      try await run(
        tap: arguments[1], host: arguments[2], path: arguments.count > 3 ? arguments[3] : "/")
    } catch {
      print("Fetch: \(error)")
      exit(1)
    }
  }

  static func run(tap name: String, host: String, path: String) async throws {
    // One thread that owns the stack and its devices.
    let loop = try EventLoop(name: "network")
    let network = NetworkStack(loop: loop)
    let tap = try await network.attach(TunTapDevice(.tap, named: name))

    // Address, routes and name servers.
    let lease = try await network.configureByDHCP(on: tap.interface)
    print("address \(lease.address.address), lent by \(lease.server)")

    try await fetch(path, from: host, over: network)
    await network.releaseDHCP(on: tap.interface)
    loop.stop()
  }

  /// Prints a page. A task that is cancelled here leaves no connection behind.
  static func fetch(
    _ path: String, from host: String, over network: NetworkStack
  ) async throws {
    let connection = try await network.connect(to: host, port: 80)
    print("connected from \(connection.localEndpoint) to \(connection.remoteEndpoint)")
    try await connection.write("GET \(path) HTTP/1.0\r\nHost: \(host)\r\n\r\n")
    var page: [UInt8] = []
    while true {
      // Seen in place, where the stack has them.
      let part = try await connection.withReceived { bytes in
        bytes.withUnsafeBytes { [UInt8]($0) }
      }
      guard !part.isEmpty else { break }
      page += part
    }
    await connection.close()
    print(String(decoding: page, as: UTF8.self))
  }
}
