import MartletDissect

extension FuzzTarget {
  private static let linkTypes: [LinkType] = [
    .ethernet, .raw, .null, .linuxCooked, .linuxCooked2, .ipv4, LinkType(rawValue: 147),
  ]
  private static let dissector = Dissector(showsLinkHeader: true, showsInternetHeader: true)

  /// The first byte chooses what the packet begins with, the second how much of it was kept.
  static func packet(_ bytes: RawSpan) {
    guard bytes.byteCount >= 2 else { return }
    let array = [UInt8](bytes)
    let type = linkTypes[Int(array[0]) % linkTypes.count]
    let packet = bytes.extracting(2..<bytes.byteCount)
    let line = dissector.line(
      of: packet, linkType: type, originalLength: packet.byteCount + Int(array[1]))
    check(!line.isEmpty, "every packet is told")
    check(!line.utf8.contains { $0 < 0x20 }, "a line is one line")
    check(line.utf8.count < 200 + 40 * packet.byteCount, "a line is no book")
    _ = PacketFields(packet, linkType: type)
  }

  /// The first byte says in pieces of which size the file comes.
  static func capture(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else { return }
    let array = [UInt8](bytes)
    let file = [UInt8](array.dropFirst())
    let whole = read(file, piece: max(1, file.count))
    let inPieces = read(file, piece: 1 + Int(array[0] & 63))
    check(whole.packets == inPieces.packets, "the size of the pieces does not matter")
    check(whole.error == inPieces.error, "the size of the pieces does not matter to errors")
  }

  private static func read(
    _ file: [UInt8], piece: Int
  ) -> (packets: [CapturedPacket], error: CaptureError?) {
    var reader = CaptureReader()
    var packets: [CapturedPacket] = []
    do throws(CaptureError) {
      var start = 0
      while start < file.count {
        let end = min(start + piece, file.count)
        reader.append([UInt8](file[start..<end]))
        while let packet = try reader.next() { packets.append(packet) }
        start = end
      }
      try reader.finish()
      return (packets, nil)
    } catch {
      check(!error.description.isEmpty && error.offset <= file.count, "an error has a place")
      return (packets, error)
    }
  }

  static func filter(_ bytes: RawSpan) {
    let text = String(decoding: [UInt8](bytes), as: UTF8.self)
    do throws(FilterError) {
      let filter = try PacketFilter(text)
      let negated = try? PacketFilter("not (\(text))")
      for packet in samples {
        let isChosen = filter.matches(packet)
        if let negated, !filter.isEmpty {
          check(negated.matches(packet) != isChosen, "not is the contrary")
        }
      }
    } catch {
      check(
        error.column >= 1 && error.column <= text.count + 1, "an error lies in the text")
    }
  }

  /// A datagram, the same in a VLAN, an ARP request, nothing.
  private static let samples: [CapturedPacket] = {
    let ipv4: [UInt8] = [
      0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 53, 0, 11, 0, 0,
      1, 2, 3,
    ]
    let arp: [UInt8] = [0, 1, 8, 0, 6, 4, 0, 1] + [UInt8](repeating: 9, count: 20)
    let link: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
    return [
      link + [8, 0] + ipv4, link + [0x81, 0, 0, 5, 8, 0] + ipv4, link + [8, 6] + arp, [],
    ].map { CapturedPacket($0, time: nil) }
  }()
}

extension PacketFilter {
  /// Whether it has no words, so that it chooses everything.
  fileprivate var isEmpty: Bool { description.allSatisfy(\.isWhitespace) }
}
