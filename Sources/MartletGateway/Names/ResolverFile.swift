internal import Glibc
internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// Whom the host asks for names: the `nameserver` lines of resolv.conf(5), at most three, IPv4.
struct ResolverFile {
  private static let lengthLimit = 64 * 1024

  private let path: String
  private var servers: [Endpoint] = []
  private var readAt = Instant(microseconds: .min)

  init(path: String) { self.path = path }

  /// The servers, read anew when that was some seconds ago: the host may have changed networks.
  mutating func servers(now: Instant) -> [Endpoint] {
    guard now - readAt >= .seconds(5) || readAt.microseconds == .min else { return servers }
    readAt = now
    servers = Self.servers(in: FileText.read(path, limit: Self.lengthLimit) ?? "")
    return servers
  }

  /// The servers that a text names. Without any the kernel's own host is asked, as resolv.conf(5) has
  /// it.
  static func servers(in text: String) -> [Endpoint] {
    var servers: [Endpoint] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard words.count >= 2, words[0] == "nameserver", let address = IPv4Address(String(words[1]))
      else { continue }
      servers.append(Endpoint(address, port: 53))
    }
    return servers.isEmpty ? [Endpoint(.loopback, port: 53)] : Array(servers.prefix(3))
  }
}
