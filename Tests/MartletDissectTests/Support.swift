// Says `unsafe`: an array's bytes are lent as a span.

import Foundation
import MartletDissect
import MartletWire

/// The files of `Captures/`, and what they hold.
enum Captures {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Captures")

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: url(name)))
  }

  static func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  static func packets(_ name: String) throws -> [CapturedPacket] {
    try MartletDissectTests.packets(in: bytes(name))
  }
}

/// All packets of a file, which must be whole.
func packets(in file: [UInt8]) throws -> [CapturedPacket] {
  var reader = CaptureReader()
  reader.append(file)
  var packets: [CapturedPacket] = []
  while let packet = try reader.next() { packets.append(packet) }
  try reader.finish()
  return packets
}

extension Dissector {
  func line(of bytes: [UInt8], linkType: LinkType = .ethernet) -> String {
    line(of: CapturedPacket(bytes, time: nil, linkType: linkType))
  }
}

/// Bytes from hexadecimal digits; blanks are for the reader.
func bytes(_ digits: String) -> [UInt8] {
  let digits = digits.filter { !$0.isWhitespace }
  return stride(from: 0, to: digits.count, by: 2).compactMap { offset in
    UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
  }
}

extension [UInt8] {
  /// This array with one byte changed.
  func setting(_ index: Int, to byte: UInt8) -> Self {
    var copy = self
    copy[index] = byte
    return copy
  }

  /// Writes a packet of a capture file by either writer.
  func pcap(_ writer: PcapWriter, time: CaptureTime, originalLength: Int? = nil) -> [UInt8] {
    unsafe writer.packet(span.bytes, time: time, originalLength: originalLength)
  }

  /// Writes a packet of a capture file by either writer.
  func pcapng(
    _ writer: PcapngWriter, _ packet: CapturedPacket
  ) -> [UInt8] {
    unsafe writer.packet(
      span.bytes, time: packet.time, interface: packet.interface, direction: packet.direction,
      originalLength: packet.originalLength)
  }
}

/// The tools that read what we write; a test that needs one is left out where it is not installed.
enum Tool: String {
  case tcpdump, tshark

  private var path: String? {
    ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"].map { "\($0)/\(rawValue)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  var isInstalled: Bool { path != nil }

  /// What the tool prints of a capture file, line by line.
  func lines(of file: [UInt8], _ arguments: [String]) throws -> [String] {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-\(UUID().uuidString).pcap")
    try Data(file).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: path ?? rawValue)
    process.arguments = ["-r", url.path] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").map(String.init)
  }
}
