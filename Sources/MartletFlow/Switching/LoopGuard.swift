public import MartletDevice
public import MartletWire

/// Finds loops and breaks them: two ports of one bridge that lead to each other, by a cable or by other
/// switches, would send every broadcast round for ever.
///
/// Every port sends a probe at times. One that comes back by another port of the same bridge, or by its own,
/// shows a loop; of both ports the one with the higher number is blocked, which breaks it and leaves the other
/// working, whichever probe comes first. A blocked port carries probes only; when none came back for a while it
/// works again. Probes have no tag: a loop of one tagged VLAN alone is not seen. It is no spanning tree: bridges
/// that are not this one are not asked which link shall rest.
public struct LoopGuard: Sendable {
  /// How the guard looks for loops.
  public struct Configuration: Equatable, Sendable {
    /// The bridge's number, its datapath identifier say.
    public var bridge: UInt64
    /// A number by chance.
    public var nonce: UInt64
    /// The sender of probes: the bridge's own address.
    public var source: MACAddress
    /// How long from round to round, at least 100 ms.
    public var interval = Interval.seconds(1)
    /// How long a blocked port stays so after the last sign of its loop; at least two rounds.
    public var quietTime = Interval.seconds(10)

    /// Usual times.
    public init(bridge: UInt64, nonce: UInt64, source: MACAddress) {
      self.bridge = bridge
      self.nonce = nonce
      self.source = source
    }
  }

  /// Why a port is blocked.
  public struct Block: Equatable, Sendable, BitwiseCopyable {
    /// The port whose probe came in.
    public var sentBy: PortNumber
    /// The port that it came in by.
    public var receivedBy: PortNumber
    /// When the first one came.
    public var since: Instant
    /// When the last one came.
    public var seenAt: Instant
  }

  private struct Port: Sendable {
    var number: PortNumber
    var block: Block?
  }

  /// How many rounds old a probe may be. What is older was kept and sent again by somebody.
  private static var rememberedRounds: UInt32 { 8 }

  /// How it looks for loops.
  public let configuration: Configuration
  private var ports: [Port] = []
  private var sequence: UInt32 = 0
  private var nextRound: Instant?
  /// How often a loop was found.
  public private(set) var loopCount: UInt64 = 0

  /// Makes a guard without ports.
  public init(_ configuration: Configuration) {
    var configuration = configuration
    configuration.interval = max(configuration.interval, .milliseconds(100))
    configuration.quietTime = max(configuration.quietTime, configuration.interval * 2)
    self.configuration = configuration
  }

  /// Watches a port.
  public mutating func add(_ port: PortNumber) {
    guard place(of: port) == nil else { return }
    ports.append(Port(number: port))
    hurry()
  }

  /// Sends the next round at once: a port is new, or its link has come up.
  public mutating func hurry() { nextRound = nil }

  /// Watches a port no longer.
  public mutating func remove(_ port: PortNumber) {
    ports.removeAll { $0.number == port }
  }

  /// Why a port is blocked; `nil` for one that works.
  public func block(of port: PortNumber) -> Block? { place(of: port).flatMap { ports[$0].block } }

  /// What a probe showed.
  public enum Finding: Equatable, Sendable {
    /// It is another bridge's, or not of our time.
    case foreign
    /// A port was blocked by it.
    case blocked(PortNumber, Block)
    /// Its port is blocked already.
    case known
  }

  /// Takes a probe.
  public mutating func receive(
    _ probe: LoopProbe, at port: PortNumber, now: Instant
  ) -> Finding {
    guard probe.bridge == configuration.bridge, probe.nonce == configuration.nonce,
      sequence &- probe.sequence < Self.rememberedRounds, place(of: port) != nil,
      place(of: PortNumber(probe.port)) != nil
    else { return .foreign }
    let sender = PortNumber(probe.port)
    let victim = sender < port ? port : sender
    guard let place = place(of: victim) else { return .foreign }
    if ports[place].block != nil {
      ports[place].block?.seenAt = now
      return .known
    }
    let block = Block(sentBy: sender, receivedBy: port, since: now, seenAt: now)
    ports[place].block = block
    loopCount &+= 1
    return .blocked(victim, block)
  }

  /// When `poll` has something to do; `nil` without ports.
  public var nextDeadline: Instant? { ports.isEmpty ? nil : nextRound ?? .zero }

  /// Sends a round when it is time, and lets ports work again that were quiet.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - send: Is called with each probe that is to leave by a port, blocked or not.
  /// - Returns: The ports that work again.
  public mutating func poll(now: Instant, send: (PortNumber, LoopProbe) -> Void) -> [PortNumber] {
    guard !ports.isEmpty, (nextRound ?? now) <= now else { return [] }
    sequence &+= 1
    nextRound = now + (configuration.interval - stray)
    var freed: [PortNumber] = []
    for place in ports.indices {
      if let block = ports[place].block, block.seenAt + configuration.quietTime <= now {
        ports[place].block = nil
        freed.append(ports[place].number)
      }
      let number = ports[place].number
      send(
        number,
        LoopProbe(
          bridge: configuration.bridge, nonce: configuration.nonce, port: number.rawValue,
          sequence: sequence))
    }
    return freed
  }

  /// What this round is shorter than the others, up to a quarter: two bridges that share a loop must not look
  /// for it at the same moment for ever, for each would then block another of its links.
  private var stray: Interval {
    let mixed = (configuration.nonce ^ UInt64(sequence)) &* 0x9e37_79b9_7f4a_7c15 >> 40
    let quarter = UInt64(max(0, configuration.interval.microseconds / 4)) + 1
    return .microseconds(Int64(truncatingIfNeeded: mixed % quarter))
  }

  private func place(of port: PortNumber) -> Int? { ports.firstIndex { $0.number == port } }
}
