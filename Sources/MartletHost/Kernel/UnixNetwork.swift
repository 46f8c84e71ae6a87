internal import CMartletHost
internal import Glibc
package import MartletReadiness
internal import MartletWire

/// Stream sockets at paths, on an event loop: for what processes of one user have to say to each
/// other.
///
/// They are the kernel's connections and listeners; their endpoints mean nothing.
public struct UnixNetwork: Sendable {
  /// Where the sockets live.
  public let loop: EventLoop

  /// Makes sockets on `loop`.
  public init(loop: EventLoop) { self.loop = loop }

  /// Listens at `path`, for this user alone. A socket that its process left behind makes room; one
  /// that answers stays, and is an error.
  ///
  /// The path is the caller's to remove at the end.
  public func listen(at path: String, backlog: Int = 16) throws(HostError) -> KernelListener {
    KernelListener(try Self.listener(at: path, backlog: backlog), loop: loop)
  }

  /// The socket of such a listener, for who accepts by hand.
  package static func listener(at path: String, backlog: Int) throws(HostError) -> Descriptor {
    try UnixPath.removeStale(path)
    let number = HostCalls.unixSocket(SOCK_STREAM, boundTo: path)
    guard number >= 0 else { throw UnixPath.error("bind", errno, path) }
    let socket = Descriptor(number)
    // Closed to others before anybody can connect: until it listens, whoever tries is refused.
    guard HostCalls.restrict(path) == 0 else { throw UnixPath.error("chmod", errno, path) }
    guard KernelCalls.listen(number, backlog: backlog) == 0 else {
      throw UnixPath.error("listen", errno, path)
    }
    return socket
  }

  /// Takes a connection that waits at such a socket; `nil` when there is none.
  package static func accept(_ listener: Int32) -> Descriptor? {
    let number = KernelCalls.accept(listener).descriptor
    return number >= 0 ? Descriptor(Int32(truncatingIfNeeded: number)) : nil
  }

  /// Connects to what listens at `path`.
  public func connect(to path: String) throws(HostError) -> KernelConnection {
    let number = HostCalls.unixSocket(SOCK_STREAM)
    guard number >= 0 else { throw UnixPath.error("socket", errno, path) }
    let socket = Descriptor(number)
    guard HostCalls.unixConnect(number, to: path) == 0 else {
      throw UnixPath.error("connect", errno, path)
    }
    return KernelConnection(socket, peer: Endpoint(.unspecified, port: 0), loop: loop)
  }
}
