internal import MartletDevice
internal import MartletWire

/// A TCP/IP stack: a value with one owner, that does no input or output of its own.
///
/// Its owner, and nobody else, calls it: an event loop, a softIRQ, a test. Frames go in by
/// `receive`, time by `poll`, and both only leave work behind; frames come out when a device has
/// room for them, by `transmit`. What sockets have to say is taken by `nextEvent`. No lock is
/// needed, because nobody shares a stack, and no callback is made, so that no call re-enters.
public struct Stack: ~Copyable {
  let configuration: Configuration
  /// The time of the last call that brought one.
  var now = Instant.zero
  var random: RandomGenerator
  /// The secret of the demultiplexing table and of sequence numbers.
  let secret: SipHash
  var buffers: Buffers
  var interfaces: Slab<Interface>
  var readiness: ReadinessQueue
  var tcp: TCPTables
  /// Where each kind of socket stands in the readiness queue.
  let places: SocketPlaces
  var events = EventRing()
  // Link and internet
  /// The interface of 127.0.0.0/8, if there is one.
  var loopback: Int?
  var addresses: AddressTable
  var routes: RouteTable
  var neighbours: NeighbourTable
  var paths: PathTable
  var reassembly: Reassembly
  var groups: GroupTable
  /// The next identifications of datagrams, one for each hash of an address pair.
  var identifications: Table<UInt16>
  var errorLimit = TokenBucket(rate: 1000, burst: 50)
  /// Room to lay a datagram out in one piece; taken while in use.
  var scratch: ByteSlab?
  /// Room for one record of a datagram queue.
  var recordScratch = ByteSlab(count: DatagramOrigin.length)
  // UDP and echo
  var udp: UDPTable
  var echoSockets: Slab<EchoSocket>
  /// What the stack has counted so far.
  public internal(set) var counters = Counters()
  private let anchor = Anchor()

  /// Makes a stack with the tables that `configuration` sizes.
  ///
  /// The seed must be entropy that nobody can guess; only tests fix it.
  public init(configuration: Configuration = Configuration(), seed: Seed) {
    precondition((1...64).contains(configuration.interfaceCount), "1 to 64 interfaces")
    self.configuration = configuration
    random = RandomGenerator(seed: seed)
    secret = SipHash(key0: random.next(), key1: random.next())
    buffers = Buffers(
      blockCount: configuration.blockCount, blockSize: configuration.blockSize,
      packetCount: configuration.packetCount, rangeCount: configuration.rangeCount,
      connectionCount: configuration.connectionCount)
    interfaces = Slab(capacity: configuration.interfaceCount)
    places = SocketPlaces(configuration)
    readiness = ReadinessQueue(count: places.count)
    tcp = TCPTables(configuration, random: &random)
    addresses = AddressTable(capacity: configuration.addressCount)
    routes = RouteTable(capacity: configuration.routeCount)
    neighbours = NeighbourTable(capacity: configuration.neighbourCount, secret: secret)
    paths = PathTable(capacity: configuration.pathCount, secret: secret)
    reassembly = Reassembly(capacity: configuration.reassemblyCount)
    groups = GroupTable(capacity: configuration.groupCount)
    var start = RandomGenerator(seed: Seed(high: random.next(), low: random.next()))
    identifications = Table(count: 256) { _ in UInt16(truncatingIfNeeded: start.next()) }
    scratch = ByteSlab(count: max(2048, min(65_535, configuration.reassemblyByteLimit)))
    udp = UDPTable(capacity: configuration.udpSocketCount)
    echoSockets = Slab(capacity: configuration.echoSocketCount)
  }

  /// Mixes further entropy into the stack's generator.
  public mutating func reseed(_ seed: Seed) { random.reseed(seed) }

  /// Takes the time, which never runs backwards here whatever the caller's clock does.
  mutating func advance(to now: Instant) {
    if now > self.now { self.now = now }
  }

  mutating func drop(_ reason: DropReason) { counters.drop(reason) }
}
