/// What flows switches are to have, as a file says it.
///
/// ```
/// # For every switch:
/// priority=10,arp,actions=NORMAL
/// switch 00000000000000a1
/// priority=20,tcp,tp_dst=80,actions=output:uplink
/// switch *
/// priority=0,actions=drop
/// ```
///
/// A line is a flow in the words of `ovs-ofctl`, for the switches that the last `switch` line names by
/// their datapath's number in hexadecimal; `*`, and no such line before, is all of them.
public struct Policy: Sendable {
  struct Entry: Sendable {
    let datapathID: UInt64?
    let flow: String
    let line: Int
  }

  let file: String

  let entries: [Entry]

  /// Reads a policy; `file` is what errors call it.
  ///
  /// - Throws: `badLine`. That a port's name is known is checked only against a switch that has connected.
  public init(_ text: String, file: String) throws(ControllerError) {
    var entries: [Entry] = []
    var datapathID: UInt64?
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      guard first == "switch" else {
        guard line.contains("actions=") || line.contains("action=") else {
          throw .badLine(file: file, line: number, reason: "this is no flow: it has no 'actions='")
        }
        entries.append(Entry(datapathID: datapathID, flow: String(line), line: number))
        continue
      }
      let name = words.count == 2 ? words[1] : ""
      if name == "*" {
        datapathID = nil
      } else if name.count <= 16, let id = UInt64(name, radix: 16) {
        datapathID = id
      } else {
        throw .badLine(
          file: file, line: number,
          reason: "expected 'switch' and a datapath's number, 16 hexadecimal digits, or '*'")
      }
    }
    self.entries = entries
    self.file = file
  }
}
