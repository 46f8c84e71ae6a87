import MartletDevice
import MartletStack
import MartletWire
import Testing

/// The example of the module's documentation, line by line (`Tests/Documents` compares them).
@Suite("The example in the documentation")
struct ExampleTests {
  @Test("greets whoever connects")
  func greets() throws {
    var total = 0
    let cable = MemoryLink(
      DeviceCapabilities(medium: .ip, maximumTransmissionUnit: 1500, maximumBurst: 64),
      DeviceCapabilities(medium: .ip, maximumTransmissionUnit: 1500, maximumBurst: 64),
      frameCount: 256)
    var near = cable.first
    var far = cable.second
    // A program takes the seeds from its system's entropy.
    var client = Stack(seed: Seed(high: 1, low: 2))
    var server = Stack(seed: Seed(high: 3, low: 4))
    let clientLink = try client.addInterface(near.capabilities)
    let serverLink = try server.addInterface(far.capabilities)
    try client.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 1), length: 24), on: clientLink)
    try server.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 2), length: 24), on: serverLink)

    var now = Instant.zero
    let address = Endpoint(IPv4Address(10, 0, 0, 2), port: 80)
    let listener = try server.listen(on: address)
    let connection = try client.connect(to: address, now: now)
    let greeting: [UInt8] = Array("hello\n".utf8)

    for _ in 0..<100 {
      now = now + .milliseconds(1)
      client.poll(now: now)
      server.poll(now: now)
      client.service(&near, as: clientLink, now: now)
      server.service(&far, as: serverLink, now: now)
      if let accepted = try server.accept(on: listener) {
        _ = try unsafe server.send(greeting.span.bytes, on: accepted, now: now)
        server.close(accepted, now: now)
      }
      let result = try client.withReceived(on: connection, now: now) { $0.byteCount }
      if case .bytes(let count) = result { total += count }
    }
    #expect(total == greeting.count)
    let end = try client.withReceived(on: connection, now: now) { $0.byteCount }
    #expect(end == .endOfStream)
  }
}
