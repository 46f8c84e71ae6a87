import ArgumentParser
import MartletDissect

/// `martlet dump`: tells the packets of a capture file.
struct Dump: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell the packets of a capture file, one a line.",
    discussion: """
      Reads pcap and pcapng; "-" is standard input. Times are in UTC. Behind a filter's words no \
      quotes are needed but for parentheses:

        martlet dump night.pcapng tcp port 80 and not host 10.0.0.1
        martlet dump -n 10 night.pcapng 'net 10.9 and (arp or icmp)'
        tcpdump -w - | martlet dump - dns

      A filter has host, net, port, portrange, each after src or dst if wanted; ip, ip6, arp, rarp, \
      icmp, igmp, tcp, udp, gre, vlan, dns, dhcp; and, or, not, parentheses.
      """)

  @Argument(help: ArgumentHelp("The capture file.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("Which packets; all without it.", valueName: "filter"))
  var filter: [String] = []

  @Option(
    name: .customShort("n"),
    help: ArgumentHelp("End after so many packets.", valueName: "count"))
  var count: Int?

  @Flag(name: .short, help: "Tell hardware addresses.")
  var ethernet = false

  @Flag(name: .short, help: "Tell TOS, TTL, identification and DF.")
  var verbose = false

  @Flag(help: "One JSON object a line.")
  var json = false

  func validate() throws {
    if let count, count < 1 { throw ValidationError("-n: expected 1 or more, not \(count)") }
  }

  func run() throws {
    let filter = try Self.filter(filter)
    let input = try InputFile(file)
    var reader = CaptureReader()
    var left = count ?? .max
    do {
      while left > 0, let bytes = try input.read() {
        reader.append(bytes)
        var text = ""
        defer { Terminal.put(text) }
        while left > 0, let packet = try reader.next() {
          guard filter.matches(packet) else { continue }
          text += line(of: packet) + "\n"
          left -= 1
        }
      }
      if left > 0 { try reader.finish() }
    } catch let error as CaptureError {
      throw Failure(.badData, "\(input.name): \(error)")
    }
  }

  /// Reads a filter; throws what is wrong with it, and where.
  static func filter(_ words: [String]) throws(Failure) -> PacketFilter {
    let text = words.joined(separator: " ")
    do throws(FilterError) {
      return try PacketFilter(text)
    } catch {
      let pointer = String(repeating: " ", count: error.column - 1) + "^"
      throw Failure(.usage, "the filter: \(error.problem)\n  \(text)\n  \(pointer)")
    }
  }

  private func line(of packet: CapturedPacket) -> String {
    let dissector = Dissector(showsLinkHeader: ethernet, showsInternetHeader: verbose)
    let text = dissector.line(of: packet)
    guard json else { return "\(packet.time?.description ?? "-") \(text)" }
    return JSON(packet, line: text).text
  }
}
