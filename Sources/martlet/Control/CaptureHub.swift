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
  private let medium: DeviceCapabilities.Medium
  private let name: String
  private let clients = Mutex<[Int: Client]>([:])
  private let count = Atomic<Int>(0)

  private struct Client: Sendable {
    let filter: PacketFilter
    let queue: CaptureQueue
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
        client.queue.put(packet)
      }
    }
  }

  /// Calls `body` with the pieces of a pcapng file, from now on: its head, then packets, and how many were
  /// missed when it takes them too slowly. Ends after `limit` packets (0: never), when `body` throws, or when
  /// the task is cancelled.
  func run(
    filter: PacketFilter, limit: Int, _ body: ([UInt8]) async throws -> Void
  ) async rethrows {
    let writer = PcapngWriter()
    let linkType: LinkType = medium == .ethernet ? .ethernet : .raw
    let queue = CaptureQueue(limit: limit)
    let key = join(Client(filter: filter, queue: queue))
    defer { leave(key) }
    try await body(writer.header + writer.interface(linkType, name: name))
    var told: UInt64 = 0
    for await _ in queue.news {
      let batch = queue.take()
      var bytes = batch.bytes
      if batch.missed > told {
        told = batch.missed
        bytes += writer.statistics(missed: told, time: .now)
      }
      if !bytes.isEmpty { try await body(bytes) }
      if batch.isLast { break }
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
