import MartletGateway
import MartletHost
import MartletHouse
import MartletReadiness
import MartletStack
import MartletWire

/// Forwarded ports of a house: which port, and whether a page answers there.
extension PortForwarder {
  /// The ports that are tried when none was asked for.
  private static let standardPorts: ClosedRange<UInt16> = 8080...8179

  /// Listens at the port asked for, or at 8080 or the next that is free.
  static func open(
    at address: IPv4Address, port: UInt16?, to remote: Endpoint, through network: NetworkStack
  ) async throws -> PortForwarder {
    if let port {
      do throws(NetworkError) {
        return try await PortForwarder(
          on: Endpoint(address, port: port), to: remote, through: network)
      } catch {
        guard case .system(let error) = error, error.code == 13 else { throw error }
        throw Failure(
          .noPermission,
          "port \(port): ports below 1024 are root's; choose another, for instance --port 8080")
      }
    }
    for port in standardPorts {
      do throws(NetworkError) {
        return try await PortForwarder(
          on: Endpoint(address, port: port), to: remote, through: network)
      } catch {
        guard case .addressInUse = error else { throw error }
      }
    }
    throw Failure(
      .unavailable,
      "all ports from \(standardPorts.lowerBound) to \(standardPorts.upperBound) are in use; name a "
        + "free one with --port")
  }

  /// Whether a web server answers through it.
  func answers(on loop: EventLoop) async -> Bool {
    let kernel = KernelNetwork(loop: loop)
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
