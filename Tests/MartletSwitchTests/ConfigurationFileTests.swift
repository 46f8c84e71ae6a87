import MartletHouse
import MartletSwitch
import MartletWire
import Testing

struct ConfigurationFileTests {
  private var configuration: SwitchConfiguration {
    get throws {
      var bridge = BridgeConfiguration(
        name: "br0", datapathID: 0x1, linkAddress: MACAddress(rawValue: 0x0200_0000_0001))
      bridge.address = IPv4Prefix("10.20.0.1/24")
      bridge.failMode = .secure
      bridge.controllers = ["tcp:127.0.0.1:6653"]
      let kinds: [(String, [(String, String)])] = [
        ("system", []), ("system", [("device", "eth0"), ("mtu", "9000")]), ("tap", []),
        ("internal", [("address", "10.20.0.9/24"), ("mac", "02:00:00:00:00:09")]),
        ("patch", [("peer", "p2")]),
        ("gre", [("remote_ip", "192.0.2.2"), ("key", "7"), ("csum", "true"), ("seq", "true")]),
        ("gre", [("remote_ip", "flow"), ("key", "flow")]),
        ("vxlan", [("remote_ip", "192.0.2.2"), ("key", "0xabc"), ("dst_port", "8472")]),
        ("unix", [("path", "/a b/\"c\".sock")]),
        ("unix", [("path", "/a"), ("framing", "datagram"), ("peer", "/b")]),
        ("attached", []), ("memory", []), ("gateway", [("address", "10.20.0.1/24")]),
        (
          "gateway",
          [
            ("address", "10.20.0.1/24"), ("mode", "nat"), ("uplink", "p11"),
            ("uplink_address", "192.0.2.7/24"), ("uplink_gateway", "192.0.2.1"),
            ("dhcp", "10.20.0.5-10.20.0.9"), ("domain", "a.test"),
            ("leases", "02:00:00:00:00:05=10.20.0.5=printer,02:00:00:00:00:06=10.20.0.6"),
            ("allow", "host,loopback"), ("refuse", "10.0.0.0/8"), ("name_servers", "192.0.2.53"),
            ("forwards", "tcp:80=10.20.0.5:8080,udp:0.0.0.0:5=10.20.0.6:7"),
          ]
        ),
      ]
      for (index, (type, options)) in kinds.enumerated() {
        var port = PortConfiguration(
          name: "p\(index)", number: UInt16(index + 1),
          kind: try PortKind(type: type, options: options.map { (name: $0, value: $1) }))
        if index == 1 { port.vlan.tag = 10 }
        if index == 2 {
          port.vlan.mode = .nativeUntagged
          port.vlan.tag = 5
          port.vlan.trunks = [5, 6, 4094]
        }
        bridge.ports.append(port)
      }
      var configuration = SwitchConfiguration()
      configuration.bridges = [bridge]
      return configuration
    }
  }

  @Test func whatIsWrittenReadsAsTheSame() throws {
    let configuration = try configuration
    let text = ConfigurationFile.text(of: configuration)
    #expect(try ConfigurationFile.parse(text, file: "switch.yaml") == configuration)
  }

  @Test func emptySwitchIsWrittenAndRead() throws {
    let text = ConfigurationFile.text(of: SwitchConfiguration())
    #expect(try ConfigurationFile.parse(text, file: "f") == SwitchConfiguration())
  }

  @Test(arguments: [
    ("bridgs: []", "f:1: there is no key 'bridgs'; did you mean 'bridges'?"),
    ("", "f:1: is empty; a switch has at least 'bridges'"),
    (
      "bridges:\n  - name: br0\n    datapath-id: \"1\"\n    mac: 02:00:00:00:00:01",
      "f:3: bridges[0].datapath-id: '1' is not right; expected 16 hexadecimal digits in quotes"
    ),
    (
      head + "      - {name: p, number: 1, type: grre}\n",
      "f:6: bridges[0].ports[0].type: there is no type 'grre'; did you mean 'gre'?"
    ),
    (
      head + "      - {name: p, number: 1, type: gre, options: {remote_up: 1.2.3.4}}\n",
      "f:6: bridges[0].ports[0].options.remote_ip: is missing: the other end's address, or 'flow'"
    ),
    (
      head + "      - {name: p, number: 1, type: gre, options: {remote_ip: 1.2.3.4, kye: 1}}\n",
      "f:6: bridges[0].ports[0].options.kye: "
        + "there is no option of type gre 'kye'; did you mean 'key'?"
    ),
    (
      head + "      - {name: p, number: 0, type: tap}\n",
      "f:6: bridges[0].ports[0].number: '0' is not right; expected 1 to 65279"
    ),
    (
      head + "      - {name: p, number: 1, type: tap}\n      - {name: q, number: 1, type: tap}\n",
      "f:7: bridges[0].ports[1]: number 1 is that of port 'p'"
    ),
    (
      head + "      - {name: p, number: 1, type: tap, vlan-mode: access}\n",
      "f:6: bridges[0].ports[0]: an access port needs a tag, 1 to 4094"
    ),
  ]) func mistakesAreNamedWithTheirPlace(text: String, message: String) throws {
    let error = #expect(throws: SettingsError.self) {
      try ConfigurationFile.parse(text, file: "f")
    }
    #expect(error?.description == message)
  }
}

private let head = """
  bridges:
    - name: br0
      datapath-id: "0000000000000001"
      mac: "02:00:00:00:00:01"
      ports:

  """
