// Says `unsafe` where the kernel fills in the time.

import Glibc
import MartletDevice
import MartletDissect
import MartletHost
import Synchronization

/// Who captures what crosses a node's device: nobody most of the time, which costs nothing.
///
/// The device's loop alone calls `capture`; clients come and go from anywhere.
final class CaptureHub: CaptureSink, Sendable {
  /// The packets that may wait for one client. One that reads too slowly misses some.
  private static let queueLimit = 2048

  private let medium: DeviceCapabilities.Medium
  private let name: String
  private let clients = Mutex<[Int: Client]>([:])
  private let count = Atomic<Int>(0)

  private struct Client: Sendable {
    let filter: PacketFilter
    let packets: AsyncStream<[UInt8]>.Continuation
  }

  init(_ medium: DeviceCapabilities.Medium, name: String) {
    self.medium = medium
    self.name = name
  }

  /// Whether anybody captures.
  var isActive: Bool { count.load(ordering: .relaxed) > 0 }

  /// Hands one frame to those who want it.
  func capture(_ frame: RawSpan, info: FrameInfo, direction: FrameDirection, at time: Instant) {
    let linkType: LinkType = medium == .ethernet ? .ethernet : .raw
    let packet = PcapngWriter().packet(frame, time: .now, direction: direction)
    clients.withLock { clients in
      for client in clients.values {
        guard client.filter.matches(frame, linkType: linkType) else { continue }
        client.packets.yield(packet)
      }
    }
  }

  /// Calls `body` with the pieces of a pcapng file, from now on: its head, then a packet each. Ends
  /// after `limit` packets, when `body` throws, or when the task is cancelled.
  func run(
    filter: PacketFilter, limit: Int, _ body: ([UInt8]) async throws -> Void
  ) async rethrows {
    let writer = PcapngWriter()
    let linkType: LinkType = medium == .ethernet ? .ethernet : .raw
    let (packets, continuation) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.queueLimit))
    let key = join(Client(filter: filter, packets: continuation))
    defer { leave(key) }
    try await body(writer.header + writer.interface(linkType, name: name))
    var left = limit
    for await packet in packets {
      try await body(packet)
      left -= 1
      if left == 0 { break }
    }
  }

  private func join(_ client: Client) -> Int {
    let key = clients.withLock { clients in
      let key = (clients.keys.max() ?? 0) + 1
      clients[key] = client
      return key
    }
    count.add(1, ordering: .relaxed)
    return key
  }

  private func leave(_ key: Int) {
    count.subtract(1, ordering: .relaxed)
    clients.withLock { _ = $0.removeValue(forKey: key) }
  }
}

extension CaptureTime {
  /// The time of day.
  fileprivate static var now: Self {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Self(seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
  }
}
