import MartletDevice
import MartletWire

@testable import MartletStack

/// A TCP segment that a stack under test has sent, read apart by code that is not its own.
struct SeenSegment {
  /// When it was sent, from the script's start.
  let time: Interval
  let packet: [UInt8]
  /// SEG.SEQ, counted from the stack's initial sequence number.
  let sequence: Int
  /// SEG.ACK, counted from the peer's initial sequence number; 0 without ACK.
  let acknowledgment: Int
  let flags: TCPFlags
  let window: Int
  let options: [[UInt8]]
  let payload: [UInt8]

  /// Reads an IPv4 packet; `nil` when it does not carry TCP.
  init?(_ packet: [UInt8], at time: Interval, from ours: UInt32?, and theirs: UInt32) {
    guard packet[0] >> 4 == 4, packet[9] == 6 else { return nil }
    let tcp = packet.payload
    self.time = time
    self.packet = packet
    flags = TCPFlags(rawValue: tcp[13])
    let number = UInt32(tcp.word(at: 4)) << 16 | UInt32(tcp.word(at: 6))
    let answer = UInt32(tcp.word(at: 8)) << 16 | UInt32(tcp.word(at: 10))
    sequence = Int(Int32(bitPattern: number &- (ours ?? number)))
    acknowledgment =
      flags.contains(.ack) ? Int(Int32(bitPattern: answer &- theirs)) : Int(answer)
    window = Int(tcp.word(at: 14))
    let headerLength = Int(tcp[12] >> 4) * 4
    options = Self.split(Array(tcp[20..<headerLength]))
    payload = Array(tcp[headerLength...])
  }

  /// The options, each with its kind and length; NOPs and what follows an end are left out.
  private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var options: [[UInt8]] = []
    var place = 0
    while place < bytes.count, bytes[place] != 0 {
      if bytes[place] == 1 {
        place += 1
        continue
      }
      let length = Int(bytes[place + 1])
      options.append(Array(bytes[place..<place + length]))
      place += length
    }
    return options
  }

  /// What stands in an option of this kind, behind kind and length.
  func option(_ kind: UInt8) -> [UInt8]? {
    options.first { $0[0] == kind }.map { Array($0[2...]) }
  }

  /// SEG.SEQ as it stands in the header.
  var rawSequence: UInt32 {
    UInt32(packet.payload.word(at: 4)) << 16 | UInt32(packet.payload.word(at: 6))
  }
  /// TSval and TSecr.
  var timestamps: (value: UInt32, echo: UInt32)? {
    option(8).map {
      (
        UInt32($0.word(at: 0)) << 16 | UInt32($0.word(at: 2)),
        UInt32($0.word(at: 4)) << 16 | UInt32($0.word(at: 6))
      )
    }
  }
  /// The two ECN bits of the IP header.
  var congestionBits: UInt8 { packet[1] & 3 }
  /// The sequence number after its last.
  var end: Int {
    sequence + payload.count + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }
  /// Whether the checksums of both headers are right.
  var isChecksumRight: Bool {
    let tcp = packet.payload
    let pseudo = Array(packet[12..<20]) + [0, 6] + Frame.word(UInt16(tcp.count))
    return Frame.checksum(Array(packet[0..<20])) == 0 && Frame.checksum(pseudo + tcp) == 0
  }
}

extension SeenSegment: CustomStringConvertible {
  var description: String {
    let names: [(TCPFlags, String)] = [
      (.syn, "S"), (.fin, "F"), (.rst, "R"), (.psh, "P"), (.ack, "."), (.ece, "E"), (.cwr, "W"),
    ]
    let control = names.filter { flags.contains($0.0) }.map(\.1).joined()
    return "\(time.microseconds / 1000)ms \(control) \(sequence):\(end)(\(payload.count)) "
      + "ack \(acknowledgment) win \(window) \(options.isEmpty ? "" : "\(options)")"
  }
}
