public import MartletDWN
public import MartletDevice
internal import MartletHTTP
public import MartletWire

/// A hub's devices, without I/O: adverts, bytes and wishes go in, effects come out. Time is an
/// argument, so that it runs in virtual time.
///
/// A device's state is what its node has reported, never what it was told.
public struct HubEngine: Sendable {
  /// What a hub is set up with.
  public struct Settings: Sendable {
    /// The hub's own name in handshakes: 1 to 32 of `A-Za-z0-9_-`.
    public var hub: ShortText = "martlet"
    /// The ids that are kept of nodes that were never connected; the oldest goes for a new one.
    public var strangerLimit = 4096
    /// The connections that may be under way at once.
    public var attemptLimit = 64
    /// The drivers.
    public var registry = DeviceRegistry.standard

    /// As they are by default.
    public init() {}
  }

  /// Adverts and what became of them.
  public struct Counters: Equatable, Sendable {
    /// Adverts that were read.
    public var adverts: UInt64 = 0
    /// Datagrams that were none, or not whole.
    public var badAdverts: UInt64 = 0
    /// Ids that were forgotten for new ones.
    public var forgotten: UInt64 = 0
    /// Adverts from another address than a live connection's.
    public var rivals: UInt64 = 0
    /// Connections opened.
    public var connects: UInt64 = 0
    /// Connections that failed or ended.
    public var disconnects: UInt64 = 0
  }

  /// What was counted.
  public internal(set) var counters = Counters()
  /// The devices by their ids.
  public internal(set) var devices: [String: Device] = [:]

  let settings: Settings
  var keys: [String: PairingKey]
  var nonces: NonceGenerator
  var links: [LinkID: String] = [:]
  var nextLink: UInt64 = 1

  /// A hub without devices. `keys` are those of nodes it is paired with; `entropy` are 32 bytes that
  /// nobody can know.
  public init(
    settings: Settings = Settings(), keys: [String: PairingKey] = [:], entropy: [UInt8]
  ) {
    self.settings = settings
    self.keys = keys
    nonces = NonceGenerator(entropy: entropy, boots: 0)
  }

  /// The devices in the order of their kinds and ids.
  public var sorted: [Device] {
    devices.values.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
  }

  // MARK: Adverts

  /// Takes a datagram of the group.
  public mutating func heard(
    _ datagram: RawSpan, from sender: IPv4Address, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    do throws(AdvertError) {
      let advert = try Advert(parsing: ByteText(datagram))
      counters.adverts &+= 1
      take(advert, from: sender, now: now, &effects)
    } catch {
      counters.badAdverts &+= 1
    }
  }

  private mutating func take(
    _ advert: Advert, from sender: IPv4Address, now: Instant, _ effects: inout [DeviceEffect]
  ) {
    let id = String(decoding: advert.id.array, as: UTF8.self)
    let address = DeviceAddress(sender, port: advert.port)
    guard var device = devices[id] else {
      return meet(advert, id, at: address, now: now, &effects)
    }
    if device.isConnected, device.address != address {
      // An advert proves nothing: what is connected stays so.
      counters.rivals &+= 1
      if !device.hasRival(now: now) {
        effects.append(
          .event(
            device: id, .fault("is claimed by \(address) too, beside \(device.address)")))
        effects.append(.changed(device: id))
      }
      device.rival = (address, now)
      devices[id] = device
      return
    }
    let wasSeen = device.liveness.isSeen(now: now)
    describe(&device, by: advert)
    device.lastHeard = now
    device.presence.heard(now: now)
    device.liveness.heardAdvert(isLeaving: advert.isLeaving, now: now)
    if device.link == nil { device.address = address }
    devices[id] = device
    if !wasSeen { effects.append(.changed(device: id)) }
    connectIfDue(id, now: now, &effects)
  }

  private mutating func meet(
    _ advert: Advert, _ id: String, at address: DeviceAddress, now: Instant,
    _ effects: inout [DeviceEffect]
  ) {
    guard !advert.isLeaving else { return }
    makeRoom(&effects)
    let name = String(decoding: advert.name.array, as: UTF8.self)
    var device = Device(
      id: id, name: name, at: address, driver: settings.registry.driver(for: name), now: now)
    describe(&device, by: advert)
    device.presence.heard(now: now)
    device.liveness.heardAdvert(isLeaving: false, now: now)
    devices[id] = device
    effects.append(.event(device: id, .discovered))
    effects.append(.changed(device: id))
    connectIfDue(id, now: now, &effects)
  }

  private mutating func describe(_ device: inout Device, by advert: Advert) {
    let name = String(decoding: advert.name.array, as: UTF8.self)
    if name != device.name {
      device.name = name
      device.driver = settings.registry.driver(for: name)
    }
    device.capabilities = advert.capabilities
    device.authentication = advert.authentication
    device.firmware = String(decoding: advert.firmware.array, as: UTF8.self)
    device.webPort = advert.webPort
  }

  /// Strangers are bounded: whoever makes up ids drives out other strangers, never a known device.
  private mutating func makeRoom(_ effects: inout [DeviceEffect]) {
    let strangers = devices.values.filter { !$0.isKnown && !$0.isAdded && keys[$0.id] == nil }
    guard strangers.count >= settings.strangerLimit else { return }
    guard let oldest = strangers.min(by: { $0.lastHeard < $1.lastHeard }) else { return }
    if let link = oldest.link {
      links[link.id] = nil
      effects.append(.close(link.id))
    }
    devices[oldest.id] = nil
    counters.forgotten &+= 1
  }

  // MARK: Devices that are known

  /// Adds a device whose node cannot be heard, or was known before. It is connected to, and asked
  /// again with growing pauses.
  public mutating func add(
    id: String, name: String, at address: DeviceAddress, now: Instant,
    _ effects: inout [DeviceEffect]
  ) {
    if devices[id] == nil {
      devices[id] = Device(
        id: id, name: name, at: address, driver: settings.registry.driver(for: name), now: now)
    }
    devices[id]?.isAdded = true
    devices[id]?.isKnown = true
    devices[id]?.address = address
    effects.append(.changed(device: id))
    connectIfDue(id, now: now, &effects)
  }

  /// Forgets a device, and closes its connection.
  public mutating func remove(id: String, _ effects: inout [DeviceEffect]) {
    guard let device = devices.removeValue(forKey: id) else { return }
    if let link = device.link {
      links[link.id] = nil
      effects.append(.close(link.id))
    }
    effects.append(.changed(device: id))
  }
}
