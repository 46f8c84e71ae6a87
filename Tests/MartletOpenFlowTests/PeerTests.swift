import Foundation
import MartletDevice
import MartletFlow
import MartletHost
import MartletTargets
import Testing

@testable import MartletOpenFlow

/// `ovs-ofctl` against a bridge in memory.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ovs-ofctl")))
struct PeerTests {
  /// What `ovs-ofctl` prints.
  static func run(_ arguments: [String]) async throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ovs-ofctl")
    process.arguments = ["--timeout=20"] + arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let handle = output.fileHandleForReading
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let text = String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
        continuation.resume(returning: text)
      }
    }
  }

  /// A bridge at a socket of its own, for as long as `body` runs.
  static func withBridge(_ body: (String) async throws -> Void) async throws {
    let loop = try EventLoop(name: "openflow")
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-\(UUID().uuidString.prefix(8)).mgmt").path
    let service = OpenFlowService(
      AgentConfiguration(datapathID: 0x1234, bridge: "br0"), host: MemoryBridge(),
      failMode: .secure, on: loop)
    for number in 1...3 as ClosedRange<UInt32> {
      await service.setPort(
        PortDescription(
          number: PortNumber(number), name: "p\(number)", address: 0x0200_0000_0000 + UInt64(number)
        ))
    }
    try await service.listen(at: .passiveUnix(path), for: .service)
    do {
      try await body("unix:\(path)")
    } catch {
      await service.stop()
      throw error
    }
    await service.stop()
    try? FileManager.default.removeItem(atPath: path)
  }

  static let ways: [[String]] = [
    ["-F", "OpenFlow10", "--no-names"], [], ["-O", "OpenFlow13"], ["-O", "OpenFlow13", "--bundle"],
  ]

  @Test(arguments: ways) func flowsAreAddedShownAndDeleted(_ way: [String]) async throws {
    try await Self.withBridge { bridge in
      #expect(try await Self.run(way + ["add-flow", bridge, "tcp,tp_dst=80,actions=drop"]) == "")
      #expect(
        try await Self.run(
          way + [
            "add-flow", bridge,
            "priority=5,in_port=1,actions=mod_dl_src:02:00:00:00:00:09,output:2",
          ])
          == "")
      let view = way.filter { $0 != "--bundle" }
      let shown = try await Self.run(view + ["--no-stats", "--no-names", "dump-flows", bridge])
      #expect(shown.contains("tcp,tp_dst=80 actions=drop"), "\(shown)")
      #expect(shown.contains("priority=5,in_port=1 actions="), "\(shown)")
      #expect(shown.contains("output:2"), "\(shown)")
      #expect(try await Self.run(way + ["del-flows", bridge]) == "")
      let rest = try await Self.run(view + ["--no-names", "dump-flows", bridge])
      #expect(!rest.contains("actions="), "\(rest)")
    }
  }

  @Test(arguments: [["-O", "OpenFlow10"], ["-O", "OpenFlow13"]])
  func everythingIsShown(_ way: [String]) async throws {
    try await Self.withBridge { bridge in
      let show = try await Self.run(way + ["show", bridge])
      #expect(show.contains("dpid:0000000000001234") && show.contains("2(p2)"), "\(show)")
      for command in ["dump-ports", "dump-tables", "dump-aggregate", "dump-desc", "probe"] {
        let text = try await Self.run(way + [command, bridge])
        #expect(!text.contains("rror") && !text.contains("***"), "\(command): \(text)")
      }
      #expect(try await Self.run(way + ["mod-port", bridge, "p2", "down"]) == "")
      #expect(try await Self.run(way + ["show", bridge]).contains("PORT_DOWN"))
    }
  }

  @Test func groupsAndMetersAreShown() async throws {
    try await Self.withBridge { bridge in
      let way = ["-O", "OpenFlow13"]
      let group = "group_id=7,type=select,bucket=weight:1,output:1,bucket=weight:2,output:2"
      #expect(try await Self.run(way + ["add-group", bridge, group]) == "")
      let groups = try await Self.run(way + ["dump-groups", bridge])
      #expect(groups.contains("group_id=7,type=select"), "\(groups)")
      #expect(
        try await Self.run(way + ["add-meter", bridge, "meter=1,kbps,band=type=drop,rate=100"])
          == "")
      let meters = try await Self.run(way + ["dump-meters", bridge])
      #expect(meters.contains("meter=1 kbps") && meters.contains("rate=100"), "\(meters)")
      for command in ["dump-group-stats", "dump-group-features", "meter-stats", "meter-features"] {
        let text = try await Self.run(way + [command, bridge])
        #expect(!text.contains("rror") && !text.contains("***"), "\(command): \(text)")
      }
    }
  }

  /// Texts that come back as they were sent, by Nicira's form.
  @Test(arguments: [
    "tcp,tp_dst=0x1000/0xf000 actions=drop", "reg0=0x5 actions=resubmit(,3)",
    "table=4, priority=7,ip,nw_src=10.0.0.0/8 actions=dec_ttl,output:1",
    "arp,arp_op=1 actions=move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],IN_PORT",
    "udp6,ipv6_src=2001:db8::/32,tp_src=53 actions=NORMAL",
    "icmp6,icmp_type=135,nd_target=fe80::1 actions=CONTROLLER:65535",
    "in_port=1 actions=learn(table=2,idle_timeout=9,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),FLOOD",
    "dl_vlan=9,dl_vlan_pcp=3 actions=strip_vlan,output:2",
    "vlan_tci=0x0000 actions=mod_vlan_vid:5,output:2",
    "conj_id=5 actions=load:0x7->NXM_NX_REG3[0..15],note:01.02.03.04.05.06",
    "tun_id=0x5 actions=set_tunnel:0x9,output:3",
  ])
  func flowsComeBackAsTheyWere(_ text: String) async throws {
    try await Self.withBridge { bridge in
      #expect(try await Self.run(["add-flow", bridge, text]) == "")
      let shown = try await Self.run(["--no-stats", "--no-names", "dump-flows", bridge])
      let wanted = text.split(separator: " ").last.map(String.init) ?? text
      #expect(shown.contains(wanted), "\(shown)")
      #expect(!shown.contains("***"), "\(shown)")
    }
  }
}
