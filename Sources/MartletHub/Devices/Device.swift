public import MartletDWN
public import MartletDevice

/// What a hub knows of one device, by its id.
public struct Device: Sendable {
  /// Its node's name for itself.
  public let id: String
  /// The name that its node announces: it chooses the driver.
  public internal(set) var name: String
  /// What its node says it can do.
  public internal(set) var capabilities: NodeCapabilities = []
  /// Whom its node says it obeys.
  public internal(set) var authentication = NodeAuthentication.none
  /// Its node's firmware, or empty.
  public internal(set) var firmware = ""
  /// The port of its node's own page.
  public internal(set) var webPort: UInt16?
  /// Where its node is.
  public internal(set) var address: DeviceAddress
  /// Whether it was added by hand: then it is connected to without an advert.
  public internal(set) var isAdded = false
  /// Whether it was ever connected: such a one is not forgotten for strangers.
  public internal(set) var isKnown = false
  /// Its driver, with what it has said.
  public internal(set) var driver: any DeviceDriver
  /// When it said so.
  public internal(set) var lastReport: Instant?
  /// Whether it lives.
  public internal(set) var liveness = NodeLiveness()
  /// Whether its beacon is here.
  public internal(set) var presence = Presence()
  /// Another node that claims the same id, and when it did last.
  public internal(set) var rival: (address: DeviceAddress, time: Instant)?
  /// What is run on it.
  public internal(set) var run: SequenceRun?
  /// The number of that run.
  public internal(set) var runNumber: Int64 = 0
  /// When it was told to close everything and has not yet reported it.
  public internal(set) var closing: Instant?
  /// When it was last heard of, in any way.
  public internal(set) var lastHeard: Instant
  /// How often its stream made no sense.
  public internal(set) var faultCount = 0
  /// How often it was connected.
  public internal(set) var connectCount = 0

  /// The key of a code that is being tried.
  var pairing: PairingKey?
  var link: DeviceLink?
  var failures = 0
  var nextAttempt: Instant
  /// Whether it was told to close, long ago, and that was told to people.
  public internal(set) var saidThatItDoesNotClose = false

  init(id: String, name: String, at address: DeviceAddress, driver: any DeviceDriver, now: Instant)
  {
    self.id = id
    self.name = name
    self.address = address
    self.driver = driver
    lastHeard = now
    nextAttempt = now
  }

  /// What kind it is.
  public var kind: DeviceKind { type(of: driver).kind }

  /// Whether its node can be told something.
  public var isConnected: Bool { link?.isReady ?? false }

  /// Whether its node has proved who it is.
  public var isProved: Bool { link?.isProved ?? false }

  /// What it has said, as long as that may be believed: nothing once it was silent for 15 s.
  public func reading(now: Instant) -> DeviceReading {
    isConnected && liveness.state(now: now) == .online ? driver.reading : .nothing
  }

  /// Whether two nodes claimed its id in the last half minute.
  public func hasRival(now: Instant) -> Bool {
    guard let rival else { return false }
    return now - rival.time < .seconds(30)
  }
}
