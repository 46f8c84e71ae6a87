public import MartletHost

extension Target {
  /// Listens there, on sockets of the host's kernel.
  ///
  /// A unix socket is for this user alone; a stale one is replaced, and its path is the caller's to
  /// remove at the end.
  ///
  /// - Throws: `wrongDirection` for an active target, `noTLS` for TLS, `failed` with the reason.
  public func listen(
    on loop: EventLoop, backlog: Int = 128
  ) async throws(TargetError) -> KernelListener {
    switch self {
    case .passiveTCP(let endpoint):
      do throws(NetworkError) {
        return try await KernelNetwork(loop: loop).listen(on: endpoint, backlog: backlog)
      } catch {
        throw .failed(description, reason: error.description)
      }
    case .passiveUnix(let path):
      do throws(HostError) {
        return try UnixNetwork(loop: loop).listen(at: path, backlog: backlog)
      } catch {
        throw .failed(description, reason: error.description)
      }
    case .passiveTLS: throw .noTLS(description)
    case .tcp, .unix, .tls: throw .wrongDirection(description, wantsPassive: true)
    }
  }

  /// Connects to it, by sockets of the host's kernel.
  ///
  /// - Throws: `wrongDirection` for a passive target, `noTLS` for TLS, `failed` with the reason.
  public func connect(on loop: EventLoop) async throws(TargetError) -> KernelConnection {
    switch self {
    case .tcp(let endpoint):
      do throws(NetworkError) {
        return try await KernelNetwork(loop: loop).connect(to: endpoint)
      } catch {
        throw .failed(description, reason: error.description)
      }
    case .unix(let path):
      do throws(HostError) {
        return try UnixNetwork(loop: loop).connect(to: path)
      } catch {
        throw .failed(description, reason: error.description)
      }
    case .tls: throw .noTLS(description)
    case .passiveTCP, .passiveUnix, .passiveTLS:
      throw .wrongDirection(description, wantsPassive: false)
    }
  }
}
