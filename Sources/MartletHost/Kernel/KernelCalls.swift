// Says `unsafe`: it hands addresses and bytes to the kernel.

internal import CMartletHost
internal import Glibc
internal import MartletReadiness
internal import MartletWire

/// The kernel's socket calls on IPv4. Each returns what the kernel returned, or the negated `errno`.
package enum KernelCalls {
  /// What a socket carries.
  package enum Kind: Sendable {
    case stream, datagram

    fileprivate var number: Int32 {
      Int32((self == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
    }
  }

  package static func socket(_ kind: Kind, protocol number: Int32 = 0) -> Int {
    let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    return result(Int(Glibc.socket(AF_INET, kind.number | flags, number)))
  }

  package static func bind(_ socket: Int32, to endpoint: Endpoint) -> Int {
    unsafe endpoint.withSocketAddress { address, length in
      result(Int(unsafe Glibc.bind(socket, address, length)))
    }
  }

  package static func connect(_ socket: Int32, to endpoint: Endpoint) -> Int {
    unsafe endpoint.withSocketAddress { address, length in
      result(Int(unsafe Glibc.connect(socket, address, length)))
    }
  }

  package static func listen(_ socket: Int32, backlog: Int) -> Int {
    result(Int(Glibc.listen(socket, Int32(clamping: max(1, backlog)))))
  }

  /// Accepts a connection and says whose it is.
  package static func accept(_ socket: Int32) -> (descriptor: Int, peer: Endpoint) {
    unsafe Endpoint.filled { address, length in
      result(Int(unsafe martlet_host_accept(socket, address, length)))
    }
  }

  package static func localEndpoint(of socket: Int32) -> Endpoint {
    unsafe Endpoint.filled { address, length in
      result(Int(unsafe getsockname(socket, address, length)))
    }.1
  }

  /// The error that a non-blocking `connect` ended with, as an `errno`.
  package static func pendingError(of socket: Int32) -> Int32 {
    var code: Int32 = 0
    var length = socklen_t(4)
    let done = unsafe getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length)
    return done == 0 ? code : errno
  }

  package static func setOption(_ option: Int32, level: Int32 = SOL_SOCKET, on socket: Int32) {
    var one: Int32 = 1
    _ = unsafe setsockopt(socket, level, option, &one, 4)
  }

  /// Lets `close` break the connection off.
  package static func setLingerNone(on socket: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  package static func send(_ bytes: RawSpan, on socket: Int32) -> Int {
    unsafe bytes.withUnsafeBytes { bytes in
      result(unsafe Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)))
    }
  }

  package static func send(_ bytes: RawSpan, to peer: Endpoint, on socket: Int32) -> Int {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe peer.withSocketAddress { address, length in
        result(
          unsafe sendto(
            socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL), address, length))
      }
    }
  }

  package static func receive(into buffer: inout MutableRawSpan, from socket: Int32) -> Int {
    unsafe buffer.withUnsafeMutableBytes { buffer in
      result(unsafe recv(socket, buffer.baseAddress, buffer.count, 0))
    }
  }

  /// Receives one datagram and says whose it is.
  package static func receiveDatagram(
    into buffer: inout MutableRawSpan, from socket: Int32
  ) -> (length: Int, sender: Endpoint) {
    unsafe buffer.withUnsafeMutableBytes { buffer in
      let (start, count) = (buffer.baseAddress, buffer.count)
      return unsafe Endpoint.filled { address, length in
        result(unsafe recvfrom(socket, start, count, 0, address, length))
      }
    }
  }
}

extension Endpoint {
  /// Calls `body` with this endpoint as the kernel has it.
  fileprivate func withSocketAddress(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int
  ) -> Int {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = self.address.rawValue.bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe body(pointer, length)
      }
    }
  }

  /// Calls `body` with room for an address, and returns its result and the address.
  fileprivate static func filled(
    by body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int
  ) -> (Int, Endpoint) {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe body(pointer, &length)
      }
    }
    let endpoint = Endpoint(
      IPv4Address(rawValue: UInt32(bigEndian: address.sin_addr.s_addr)),
      port: UInt16(bigEndian: address.sin_port))
    return (result, endpoint)
  }
}
