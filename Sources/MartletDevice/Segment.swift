internal import MartletWire

/// An Ethernet segment in memory: a hub that learns behind which port a station is.
///
/// Each port has a bounded queue of the frames that it has yet to receive. Like a switch, and
/// unlike a cable, a segment makes no sender wait: what finds a queue full is dropped and counted.
///
/// It has one owner. `MartletHost` shares one between the threads of a host.
public struct Segment: ~Copyable {
  /// The longest frame, in bytes, its Ethernet header counted.
  public let maximumFrameLength: Int
  /// What became of the frames.
  public private(set) var counters = SegmentCounters()
  private let queueLimit: Int
  private var ports: [Port?]
  private var stations = StationTable()
  /// The ports whose queue has begun to fill since `takeNews` last told of them.
  private var news: [Int] = []

  private struct Port {
    let queue: SharedRing
    /// Whether its owner has been told that frames wait.
    var isTold = false
  }

  /// Makes a segment without ports.
  ///
  /// - Parameters:
  ///   - portCount: The most ports at once, 1 to 1024.
  ///   - queueLimit: The frames that may wait at each port, at least 1.
  ///   - maximumFrameLength: In bytes; 1522 is an MTU of 1500 with two VLAN tags.
  public init(portCount: Int = 256, queueLimit: Int = 256, maximumFrameLength: Int = 1522) {
    precondition((1...1024).contains(portCount), "1 to 1024 ports")
    precondition(queueLimit > 0 && maximumFrameLength >= 60, "room for a frame")
    self.queueLimit = queueLimit
    self.maximumFrameLength = maximumFrameLength
    ports = [Port?](repeating: nil, count: portCount)
    news.reserveCapacity(portCount)
  }

  /// Opens a port and returns its number; `nil` when there are as many as there may be.
  public mutating func addPort() -> Int? {
    guard let number = ports.firstIndex(where: { $0 == nil }) else { return nil }
    ports[number] = Port(
      queue: SharedRing(capacity: queueLimit, frameLength: maximumFrameLength))
    return number
  }

  /// Closes a port: what waits there is gone, and its stations are forgotten.
  public mutating func removePort(_ number: Int) {
    guard ports.indices.contains(number) else { return }
    ports[number] = nil
    stations.forget(port: number)
    news.removeAll { $0 == number }
  }

  /// Puts a frame on the segment at a port: it waits from now on at the port of its destination, or
  /// at all others.
  public mutating func send(_ frame: RawSpan, info: FrameInfo = FrameInfo(), from port: Int) {
    counters.offered &+= 1
    guard let ethernet = try? EthernetView(parsing: frame), !ethernet.source.isMulticast else {
      counters.malformed &+= 1
      return
    }
    stations.learn(ethernet.source, port: port)
    let destination = ethernet.destination
    if !destination.isMulticast, let target = stations.port(of: destination) {
      if target == port {
        counters.filtered &+= 1
      } else {
        deliver(frame, info, to: target)
      }
      return
    }
    counters.flooded &+= 1
    for target in ports.indices where target != port && ports[target] != nil {
      deliver(frame, info, to: target)
    }
  }

  private mutating func deliver(_ frame: RawSpan, _ info: FrameInfo, to number: Int) {
    guard frame.byteCount <= maximumFrameLength else {
      counters.oversized &+= 1
      return
    }
    guard let port = ports[number], port.queue.ring.append(frame, info: info) else {
      counters.overflowed &+= 1
      return
    }
    counters.delivered &+= 1
    guard !port.isTold else { return }
    ports[number]?.isTold = true
    news.append(number)
  }

  /// Shows up to `budget` frames that wait at a port, oldest first, and lets go of them. Returns how
  /// many; `budget` of them mean that there may be more.
  public mutating func receive(
    at number: Int, budget: Int, _ body: (RawSpan, FrameInfo) -> Void
  ) -> Int {
    guard ports.indices.contains(number), let port = ports[number] else { return 0 }
    let count = port.queue.ring.drain(budget: budget, body)
    if port.queue.ring.count == 0 { ports[number]?.isTold = false }
    return count
  }

  /// The frames that wait at a port.
  public func waitingCount(at number: Int) -> Int {
    guard ports.indices.contains(number) else { return 0 }
    return ports[number]?.queue.ring.count ?? 0
  }

  /// Tells each port where frames have begun to wait since the last call, once until it has
  /// received all of them.
  public mutating func takeNews(_ body: (Int) -> Void) {
    for number in news { body(number) }
    news.removeAll(keepingCapacity: true)
  }
}
