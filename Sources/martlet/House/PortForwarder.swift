import MartletDevice
import MartletHost
import MartletHouse
import MartletReadiness
import MartletStack
import MartletWire

/// A port of localhost that leads into the house: the kernel's connections on one side, our stack's
/// on the other.
final class PortForwarder: Sendable {
  /// The connections carried at once; others wait in the kernel.
  static let connectionLimit = 512
  /// The ports that are tried when none was asked for.
  private static let standardPorts: ClosedRange<UInt16> = 8080...8179

  /// Where it listens.
  let local: Endpoint
  /// Where it leads.
  let remote: Endpoint
  private let listener: KernelListener
  private let network: NetworkStack

  /// Listens at a port of localhost: the one asked for, or 8080 or the next that is free.
  init(
    port: UInt16?, to remote: Endpoint, through network: NetworkStack
  ) async throws {
    self.remote = remote
    self.network = network
    listener = try await Self.listen(port, KernelNetwork(loop: network.loop))
    local = listener.localEndpoint
  }

  private static func listen(
    _ port: UInt16?, _ kernel: KernelNetwork
  ) async throws -> KernelListener {
    if let port {
      do throws(NetworkError) {
        return try await kernel.listen(on: Endpoint(.loopback, port: port))
      } catch {
        guard case .system(let error) = error, error.code == 13 else { throw error }
        throw Failure(
          .noPermission,
          "port \(port): ports below 1024 are root's; choose another, for instance --port 8080")
      }
    }
    for port in standardPorts {
      do throws(NetworkError) {
        return try await kernel.listen(on: Endpoint(.loopback, port: port))
      } catch {
        guard case .addressInUse = error else { throw error }
      }
    }
    throw Failure(
      .unavailable,
      "all ports from \(standardPorts.lowerBound) to \(standardPorts.upperBound) are in use; name a "
        + "free one with --port")
  }

  /// Carries connections until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      var count = 0
      while let connection = await listener.acceptPatiently(on: network.loop) {
        if count >= Self.connectionLimit {
          await group.next()
          count -= 1
        }
        count += 1
        group.addTask { await self.carry(connection) }
      }
      group.cancelAll()
    }
    await listener.close()
  }

  private func carry(_ connection: KernelConnection) async {
    do {
      let other = try await network.connect(to: remote)
      await Relay(connection, other).run()
    } catch {
      // Refused or unreachable inside: the browser should hear of it at once.
      await connection.abort()
    }
  }

  /// Whether a web server answers through it.
  func answers() async -> Bool {
    let kernel = KernelNetwork(loop: network.loop)
    guard let connection = try? await kernel.connect(to: local) else { return false }
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    var isFound = false
    if (try? await connection.write(request)) != nil,
      let answer = try? await connection.read(count: 12)
    {
      isFound = String(decoding: answer, as: UTF8.self) == "HTTP/1.1 200"
    }
    await connection.abort()
    return isFound
  }
}
