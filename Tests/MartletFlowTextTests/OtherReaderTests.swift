import Foundation
import MartletFlowText
import Testing

/// What we print means to Open vSwitch's own tool what the sample meant to it.
@Suite struct OtherReaderTests {
  private static let tool = "/usr/bin/ovs-ofctl"

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: tool), "ovs-ofctl is not there"))
  func printedFlowsMeanTheSame() throws {
    let text = FlowText()
    let printed = try FlowSamples.right.map { text.format(try text.flow($0)) }
    let original = try FlowSamples.right.map(understood)
    let ours = try printed.map(understood)
    for (index, pair) in zip(original, ours).enumerated()
    where pair.0 != pair.1 || !pair.0.contains("actions=") {
      Issue.record("\(FlowSamples.right[index])\n\(printed[index])\n\(pair.0)\n\(pair.1)")
    }
  }

  /// What the tool makes of a flow. One at a time: of several it looks for a protocol that has all.
  private func understood(_ flow: String) throws -> String {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-flows-\(UUID().uuidString)")
    try "\(flow)\n".write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.tool)
    process.arguments = ["parse-flows", file.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self)
    // The protocol that the tool chose stands before it.
    guard let range = text.firstRange(of: "ADD") else { return text }
    return String(text[range.upperBound...])
  }
}
