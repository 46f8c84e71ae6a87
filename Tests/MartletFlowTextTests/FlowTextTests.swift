import MartletFlow
import MartletFlowText
import Testing

@Suite struct FlowTextTests {
  private let text = FlowText()

  @Test func readsTheArticlesFlows() throws {
    let drop = try text.flow("table=0, tcp,tp_dst=80, actions=drop")
    #expect(drop.table == 0 && drop.priority == 32768 && drop.actions.isEmpty)
    #expect(drop.match.exact(.etherType) == 0x800)
    #expect(drop.match.exact(.ipProtocol) == 6)
    #expect(drop.match.exact(.transportDestination) == 80)
    let change = try text.flow("tcp,tp_dst=80,actions=mod_tp_dst:8080,normal")
    #expect(
      change.actions == [
        .setField(.transportDestination, value: 8080, mask: 0xffff),
        .output(.normal, maxLength: 0),
      ])
  }

  /// What is read and printed is read as the same again.
  @Test(arguments: FlowSamples.right) func printsWhatItReads(_ sample: String) throws {
    let flow = try text.flow(sample)
    let printed = text.format(flow)
    #expect(try text.flow(printed) == flow, "\(printed)")
    #expect(text.format(try text.flow(printed)) == printed)
  }

  @Test(arguments: FlowSamples.wrong)
  func refusesWithTheReason(_ sample: (flow: String, reason: String)) {
    let error = #expect(throws: FlowTextError.self) { try text.flow(sample.flow) }
    #expect(
      error.map { "\($0)".contains(sample.reason) } ?? false, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func filtersSayWhichFlows() throws {
    let filter = try text.filter("table=3,ip,cookie=0x10/0xf0,out_port=2")
    #expect(filter.table == 3 && filter.cookie == 0x10 && filter.cookieMask == 0xf0)
    #expect(filter.outPort == PortNumber(2) && filter.strictPriority == nil)
    #expect(try text.filter("priority=7,arp", strict: true).strictPriority == 7)
    #expect(throws: FlowTextError.self) { try text.filter("priority=7,arp") }
    #expect(throws: FlowTextError.self) { try text.filter("arp,actions=drop") }
  }

  @Test func filesHaveCommentsAndLines() throws {
    let flows = try text.flows("# all\n\ntcp,actions=1\n  udp actions=2 # two\n")
    #expect(flows.count == 2)
    let error = #expect(throws: FlowTextError.self) {
      try text.flows("ip,actions=1\nfoo=1,actions=2")
    }
    #expect(error?.line == 2)
  }

  @Test func portsHaveNames() throws {
    var names = PortNames()
    names.add("gre0", PortNumber(7))
    names.printsNames = true
    let text = FlowText(ports: names)
    let flow = try text.flow("in_port=gre0,actions=output:\"gre0\",LOCAL")
    #expect(flow.match.exact(.inPort) == 7)
    #expect(text.format(flow) == "in_port=gre0 actions=output:gre0,LOCAL")
    #expect(throws: FlowTextError.self) { try text.flow("in_port=gre1,actions=drop") }
  }

  /// Whatever the characters, it ends with a flow or an error.
  @Test func anyTextIsReadOrRefused() {
    var random = SystemRandomNumberGenerator()
    let pieces = [
      "actions=", "(", ")", ",", "->", "ct", "nat", "learn", "[", "]", "..", "/", ":", "=", "0x",
      "tcp", "reg0", "load", "src", "\"", "-", "é", " ", "1", "*",
    ]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<12, using: &random)
      let sample = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      _ = try? text.flow(sample)
      _ = try? text.filter(sample)
    }
  }
}
