/// A frame on its way through the tables: what it has become, and what is to be done to others of its kind.
struct Translation {
  /// The frame as flows see it now.
  var key: FlowKey
  /// The frame as its bytes are after the steps so far.
  var base: FlowKey
  /// The frame as it came.
  let original: FlowKey
  /// What was looked at.
  var mask = FlowMask()
  var verdict = Verdict()
  /// The tunnel of the output before.
  var tunnel: TunnelMetadata
  /// The EtherType of a tag that is pushed.
  var vlanType: UInt16 = 0x8100
  /// The tables on the way to this one.
  var depth = 0
  /// All lookups.
  var lookups = 0
  var table: UInt8 = 0
  var cookie: UInt64 = .max
  var isMiss = false
  /// What `writeActions` has gathered.
  var actionSet: [Action] = []
  var stack: [UInt128] = []
  /// Where `gotoTable` leads.
  var nextTable: UInt8?
  /// Whether the list at hand ends; one that led to it goes on.
  var endsList = false
  /// Whether nothing more is done.
  var hasEnded = false
  /// Whether the result holds for frames with the same bits under `mask`.
  var isCacheable = true
  /// What happened, where somebody wants to know.
  var trace: [TraceStep]?

  init(_ key: FlowKey) {
    self.key = key
    base = key
    original = key
    tunnel = TunnelMetadata(
      id: UInt64(truncatingIfNeeded: key[.tunnelID]),
      source: UInt32(truncatingIfNeeded: key[.tunnelSource]),
      destination: UInt32(truncatingIfNeeded: key[.tunnelDestination]))
    mask.insert(.inPort)
    mask.insert(.etherType)
    mask.set(word: 12, 0xffff)
  }

  var etherType: UInt16 { UInt16(truncatingIfNeeded: key[.etherType]) }
  var vlanTCI: UInt16 { UInt16(truncatingIfNeeded: key[.vlanTCI]) }
  var isIPv4: Bool { etherType == 0x0800 }
  var isIPv6: Bool { etherType == 0x86dd }
  var isMPLS: Bool { etherType == 0x8847 || etherType == 0x8848 }

  /// Notes that all bits of fields were looked at.
  mutating func note(_ fields: Field...) {
    for field in fields { mask.insert(field) }
  }

  /// Writes down what happened, where somebody wants to know.
  mutating func note(_ step: TraceStep) {
    if trace != nil { trace?.append(step) }
  }

  /// Whether a frame of this kind has a field (the prerequisites of OpenFlow 1.3, 7.2.3.6).
  mutating func has(_ field: Field) -> Bool {
    switch field {
    case .mplsLabel, .mplsTrafficClass, .mplsBottom, .mplsTTL: return isMPLS
    case .ipv4Source, .ipv4Destination: return isIPv4
    case .arpSenderAddress, .arpTargetAddress, .arpOperation, .arpSenderMAC, .arpTargetMAC:
      return etherType == 0x0806 || etherType == 0x8035
    case .ipv6Source, .ipv6Destination, .ipv6FlowLabel: return isIPv6
    case .ipProtocol, .ipDSCP, .ipECN, .ipTTL, .ipFragment: return isIPv4 || isIPv6
    case .transportSource, .transportDestination:
      return hasTransport([6, 17, 132])
    case .tcpFlags: return hasTransport([6])
    case .icmpType, .icmpCode: return isIPv4 && hasTransport([1])
    case .icmpv6Type, .icmpv6Code, .ndTarget, .ndSourceMAC, .ndTargetMAC:
      return isIPv6 && hasTransport([58])
    default: return true
    }
  }

  private mutating func hasTransport(_ protocols: [UInt8]) -> Bool {
    guard isIPv4 || isIPv6 else { return false }
    note(.ipProtocol, .ipFragment)
    return key[.ipFragment] == 0
      && protocols.contains(UInt8(truncatingIfNeeded: key[.ipProtocol]))
  }

  // MARK: Steps

  /// More steps than that come of flows that multiply each other.
  private static var stepLimit: Int { 32_768 }

  mutating func append(_ step: Step) {
    guard verdict.steps.count < Self.stepLimit else {
      verdict.drop = .tooDeep
      hasEnded = true
      return
    }
    verdict.steps.append(step)
  }

  /// Lets the frame's bytes become what flows see.
  mutating func commit() {
    commitVLAN()
    var change = FlowMask()
    for word in 16..<FlowKey.wordCount {
      var bits = base.words[word] ^ key.words[word]
      if word == 16 { bits &= ~0xffff }
      if word == 17 { bits &= ~0xffff }
      if bits != 0 { change.set(word: word, bits) }
    }
    guard !change.isEmpty else { return }
    note(.ipProtocol, .ipFragment)
    append(.rewrite(verdict.rewrites.count))
    verdict.rewrites.append(FlowRewrite(key: key, mask: change))
    base = key
  }

  private mutating func commitVLAN() {
    let old = UInt16(truncatingIfNeeded: base[.vlanTCI])
    let new = vlanTCI
    guard old != new else { return }
    if old == 0 {
      append(.pushVLAN(type: vlanType, tci: new))
    } else if new == 0 {
      append(.popVLAN)
    } else {
      append(.setVLAN(tci: new))
    }
    base[.vlanTCI] = UInt128(new)
  }

  /// Sends the frame as it is now out of a port.
  mutating func send(to port: PortNumber) {
    commit()
    let wanted = TunnelMetadata(
      id: UInt64(truncatingIfNeeded: key[.tunnelID]),
      source: UInt32(truncatingIfNeeded: key[.tunnelSource]),
      destination: UInt32(truncatingIfNeeded: key[.tunnelDestination]))
    if wanted != tunnel {
      append(.tunnel(wanted))
      tunnel = wanted
    }
    append(.output(port))
    note(.sent(port))
  }

  /// Sends the frame as it is now to the controllers.
  mutating func sendToController(maxLength: UInt16, id: UInt16, reason: PacketInReason) {
    commit()
    var metadata = FlowKey()
    for word in 0..<16 { metadata.words[word] = key.words[word] }
    append(.controller(verdict.packetIns.count))
    verdict.packetIns.append(
      PacketIn(
        reason: reason, table: table, cookie: cookie, maxLength: maxLength, controllerID: id,
        metadata: metadata))
    note(.sentToController(reason))
  }
}
