// This file says `unsafe`: it lends arrays as spans.

import MartletDevice
import MartletWire

@testable import MartletFlow

/// A tracker, the packets it is fed with, and a clock that the test moves.
struct TrackBench: ~Copyable {
  var tracker: ConnectionTracker
  var now = Instant(milliseconds: 1000)

  init(_ configure: (inout TrackingConfiguration) -> Void = { _ in }) {
    var configuration = TrackingConfiguration()
    configuration.capacity = 64
    configure(&configuration)
    tracker = ConnectionTracker(configuration: configuration)
  }

  mutating func advance(_ seconds: Int64) { now = now + .seconds(seconds) }

  /// What the tracker says of a packet, and the packet as it leaves.
  mutating func take(
    _ packet: [UInt8], commits: Bool = true, zone: UInt16 = 0, nat: NATAction? = nil,
    first: NATAction? = nil, isTracked: Bool = false
  ) throws -> (outcome: TrackOutcome, packet: [UInt8]) {
    var request = TrackRequest()
    request.commits = commits
    request.zone = zone
    request.nat = nat
    request.firstNAT = first
    let parsed = try Self.parse(packet)
    let outcome = tracker.track(parsed, request, isTracked: isTracked, now: now)
    guard let translation = outcome.translation else { return (outcome, packet) }
    var changed = packet
    var span = changed.mutableSpan
    var bytes = unsafe span.mutableBytes
    translation.apply(to: &bytes)
    return (outcome, changed)
  }

  static func parse(_ packet: [UInt8]) throws -> TrackedPacket {
    try unsafe TrackedPacket(parsing: packet.span.bytes)
  }
}

extension TrackState {
  static var begins: Self { [.new, .tracked] }
  static var follows: Self { [.established, .tracked] }
  static var answers: Self { [.established, .reply, .tracked] }
  static var strange: Self { [.invalid, .tracked] }
}

/// Packets for tracking, which begin with their IP header; all checksums are right.
enum Packets {
  static func udp(
    _ source: UInt32, _ destination: UInt32, _ ports: (UInt16, UInt16), _ data: [UInt8] = [1, 2, 3]
  ) -> [UInt8] {
    Frames.ipv4(
      source, destination, proto: 17, Frames.udp(source, destination, ports: ports, data))
  }

  static func tcp(
    _ source: UInt32, _ destination: UInt32, _ ports: (UInt16, UInt16), _ flags: TCPFlags,
    sequence: UInt32 = 0, ack: UInt32 = 0, window: UInt16 = 1000, options: [UInt8] = [],
    length: Int = 0
  ) -> [UInt8] {
    var segment = Frames.bytes(UInt64(ports.0), 2) + Frames.bytes(UInt64(ports.1), 2)
    segment += Frames.bytes(UInt64(sequence), 4) + Frames.bytes(UInt64(ack), 4)
    segment += [UInt8(((20 + options.count) / 4) << 4), flags.rawValue]
    segment += Frames.bytes(UInt64(window), 2) + [0, 0, 0, 0] + options
    segment += [UInt8](repeating: 0x61, count: length)
    let pseudo =
      Frames.bytes(UInt64(source), 4) + Frames.bytes(UInt64(destination), 4) + [0, 6]
      + Frames.bytes(UInt64(segment.count), 2)
    let sum = Frames.checksum(pseudo + segment)
    (segment[16], segment[17]) = (UInt8(sum >> 8), UInt8(sum & 255))
    return Frames.ipv4(source, destination, proto: 6, segment)
  }

  static func icmp(
    _ source: UInt32, _ destination: UInt32, type: UInt8, code: UInt8 = 0, rest: UInt32,
    _ data: [UInt8] = [9]
  ) -> [UInt8] {
    var message = [type, code, 0, 0] + Frames.bytes(UInt64(rest), 4) + data
    let sum = Frames.checksum(message)
    (message[2], message[3]) = (UInt8(sum >> 8), UInt8(sum & 255))
    return Frames.ipv4(source, destination, proto: 1, message)
  }

  static func echo(
    _ source: UInt32, _ destination: UInt32, _ identifier: UInt16, isReply: Bool = false
  ) -> [UInt8] {
    icmp(source, destination, type: isReply ? 0 : 8, rest: UInt32(identifier) << 16 | 1)
  }

  /// The addresses and ports of a packet.
  static func ends(_ packet: [UInt8]) -> [UInt32] {
    func word(_ at: Int) -> UInt32 {
      packet[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    let ports = word(20)
    return [word(12), ports >> 16, word(16), ports & 0xffff]
  }

  /// Whether the checksums of a UDP or TCP packet, or of ICMP, are right.
  static func isIntact(_ packet: [UInt8]) -> Bool {
    guard packet[9] != 1 else {
      return Frames.checksum(Array(packet[..<20])) == 0
        && Frames.checksum(Array(packet[20...])) == 0
    }
    return Frames.isIntact([UInt8](repeating: 0, count: 14) + packet)
  }
}

extension NATAction {
  static func source(_ address: UInt32, ports: ClosedRange<UInt16>? = nil) -> Self {
    var nat = Self()
    nat.direction = .source
    nat.addresses = address...address
    nat.ports = ports
    return nat
  }

  static func destination(_ address: UInt32, ports: ClosedRange<UInt16>? = nil) -> Self {
    var nat = source(address, ports: ports)
    nat.direction = .destination
    return nat
  }
}
