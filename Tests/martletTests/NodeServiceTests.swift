import MartletDevice
import MartletStack
import MartletWire
import Synchronization
import Testing

@testable import martlet

/// What a node tells its user.
@Suite struct NodeServiceTests {
  @Test func aClaimOfItsAddressIsToldOnlyWhenItIsDefended() throws {
    var stack = Stack(configuration: .small, seed: Seed(high: 1, low: 2))
    let id = try stack.addInterface(
      DeviceCapabilities(
        medium: .ethernet, maximumTransmissionUnit: 1500, linkAddress: MACAddress(2, 0, 0, 0, 0, 1))
    )
    let told = Atomic(0)
    let service = try NodeService(site: nil, on: &stack, connectionCount: 16) { _ in
      told.add(1, ordering: .relaxed)
    }
    let rival = MACAddress(2, 0, 0, 0, 0, 9)
    for isDefended in [true, false, false, false] {
      let event = StackEvent.addressConflict(
        IPv4Address(192, 0, 2, 1), id, by: rival, defended: isDefended)
      service.handle(event, on: &stack, now: .zero)
    }
    #expect(told.load(ordering: .relaxed) == 1)
  }
}
