public import MartletHost
public import MartletStack

/// A TCP port of this host that leads to a port inside: the kernel's connections on one side, our
/// stack's on the other.
public final class PortForwarder: Sendable {
  /// The connections carried at once; others wait in the kernel.
  public static let connectionLimit = 512

  /// Where it listens.
  public let local: Endpoint
  /// Where it leads.
  public let remote: Endpoint
  private let listener: KernelListener
  private let network: NetworkStack

  /// Listens at `local`, port 0 for any that is free. Throws what `KernelNetwork.listen` does.
  public init(
    on local: Endpoint, to remote: Endpoint, through network: NetworkStack
  ) async throws(NetworkError) {
    self.remote = remote
    self.network = network
    listener = try await KernelNetwork(loop: network.loop).listen(on: local)
    self.local = listener.localEndpoint
  }

  /// Carries connections until the task is cancelled.
  public func run() async {
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
}
