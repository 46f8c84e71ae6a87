import MartletGateway
import MartletServices
import MartletWire

/// What `martlet netstat` tells of a gateway beside its stack.
struct GatewayReport: Sendable {
  private let leases: [DHCPv4ServerLease]
  private let flows: [GatewayFlowStatus]
  private let carried: GatewayCounters

  /// Takes a snapshot.
  init(of gateway: Gateway) async {
    leases = await gateway.leases
    flows = await gateway.flows
    carried = await gateway.counters
  }

  private var counters: [(name: String, value: UInt64)] {
    [
      ("connections", carried.connections), ("resets", carried.resets),
      ("datagramFlows", carried.datagramFlows), ("echoFlows", carried.echoFlows),
      ("outOctets", carried.outOctets), ("inOctets", carried.inOctets),
      ("namesAnswered", carried.namesAnswered), ("namesFailed", carried.namesFailed),
    ]
  }

  private var drops: [(name: String, value: UInt64)] {
    GatewayDrop.allCases.compactMap { carried[$0] > 0 ? ("\($0)", carried[$0]) : nil }
  }

  private static func name(_ lease: DHCPv4ServerLease) -> String {
    String(decoding: lease.name, as: UTF8.self)
  }

  /// Everything, for a program.
  var json: JSON {
    .object([
      (
        "leases",
        .array(
          leases.map {
            .object([
              ("address", .string($0.address)), ("linkAddress", .string($0.linkAddress)),
              ("name", .string(Self.name($0))), ("state", .string("\($0.state)")),
            ])
          })
      ),
      (
        "flows",
        .array(
          flows.map {
            .object([
              ("kind", .string($0.kind.rawValue)), ("guest", .string($0.guest)),
              ("destination", .string($0.destination)), ("isOpen", .boolean($0.isOpen)),
              ("outOctets", .number($0.outOctets)), ("inOctets", .number($0.inOctets)),
            ])
          })
      ),
      ("carried", .object(counters.map { ($0.name, .number($0.value)) })),
      ("refused", .object(drops.map { ($0.name, .number($0.value)) })),
    ])
  }

  /// The same for a person; counters at zero are left out.
  var text: String {
    Table(
      "Leases", ["address", "link address", "name", "state"],
      leases.map {
        ["\($0.address)", "\($0.linkAddress)", Self.name($0), "\($0.state)"]
      }
    ).text
      + Table(
        "Carried outside", ["kind", "guest", "destination", "out", "in"],
        flows.map {
          [
            $0.kind.rawValue, "\($0.guest)", "\($0.destination)", "\($0.outOctets)",
            "\($0.inOctets)",
          ]
        }
      ).text
      + Table(
        "Gateway", [], counters.filter { $0.value > 0 }.map { [$0.name, "\($0.value)"] }
      ).text
      + Table("Refused or ended", [], drops.map { [$0.name, "\($0.value)"] }).text
  }
}
