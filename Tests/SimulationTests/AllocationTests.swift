import CAllocationCount
import Foundation
import MartletDevice
import MartletStack
import Testing

/// The packet path allocates nothing: every request for heap memory is counted.
@Suite("Allocations")
struct AllocationTests {
  static let isLong = ProcessInfo.processInfo.environment["MARTLET_LONG"] == "1"

  #if DEBUG
    static let frameCount: UInt64 = 5000
  #else
    static let frameCount: UInt64 = isLong ? 1_000_000 : 100_000
  #endif

  @Test(
    "after warm-up, frames over established connections make none",
    .enabled(if: allocations_are_counted() == 1, "only glibc's heap is counted"),
    arguments: [0, 10_000] as [UInt32])
  func none(lossPerMillion: UInt32) throws {
    var faults = Impairment.loss(perMillion: lossPerMillion)
    faults.frameLimit = 4096
    faults.delay = .milliseconds(1)
    var network = try Network(faults: faults)
    var pairs: [(client: TCPHandle, server: TCPHandle)] = []
    for port in 80..<84 {
      let ends = try network.connected(port: UInt16(port))
      pairs.append((ends.client.handle, ends.server.handle))
    }
    let block = [UInt8](repeating: 0x5A, count: 8192)
    // Until the windows are as wide as they get: the impaired link's own queue grows with them.
    network.exchange(block, over: pairs, frames: Self.frameCount / 4)
    let before = allocation_count()
    network.exchange(block, over: pairs, frames: Self.frameCount)
    let made = allocation_count() - before
    #expect(made == 0)
    #expect(network.frameCount >= Self.frameCount)
  }
}

extension Network {
  /// The frames that both stacks have taken in.
  fileprivate var frameCount: UInt64 {
    (client.counters(of: clientInterface)?.inFrames ?? 0)
      + (server.counters(of: serverInterface)?.inFrames ?? 0)
  }

  /// Bulk both ways over all connections until so many more frames have come in.
  fileprivate mutating func exchange(
    _ block: [UInt8], over pairs: [(client: TCPHandle, server: TCPHandle)], frames: UInt64
  ) {
    let end = frameCount + frames
    while frameCount < end {
      for index in pairs.indices {
        let now = now
        let (near, far) = pairs[index]
        _ = try? unsafe client.send(block.span.bytes, on: near, now: now)
        if index & 1 == 0 { _ = try? unsafe server.send(block.span.bytes, on: far, now: now) }
        while case .bytes? = try? server.withReceived(on: far, now: now, { $0.byteCount }) {}
        while case .bytes? = try? client.withReceived(on: near, now: now, { $0.byteCount }) {}
      }
      while client.nextEvent() != nil {}
      while server.nextEvent() != nil {}
      now = now + .microseconds(200)
      settle()
    }
  }
}
