internal import MartletFlow

/// Reads `ct(…)` and `nat(…)`.
struct TrackReader {
  let actions: ActionReader
  let depth: Int

  func read(_ key: String, _ word: FlowWord) throws(FlowTextError) -> Action? {
    switch key {
    case "ct": .track(try track(word))
    case "nat": .nat(try translation(word))
    default: nil
    }
  }

  private func track(_ word: FlowWord) throws(FlowTextError) -> TrackAction {
    var track = TrackAction()
    let text = word.text
    for inner in try FlowWord.words(of: word.value) {
      switch inner.key {
      case "commit": track.commits = true
      case "force": track.forces = true
      case "table": track.table = try FlowNumber.parse(inner.value, of: text)
      case "zone":
        track.zone =
          FlowNumber.parse(inner.value) == nil
          ? .field(try RangeText.parse(inner.value, of: text))
          : .number(try FlowNumber.parse(inner.value, of: text))
      case "alg":
        guard inner.value == "ftp" || inner.value == "tftp" else {
          throw FlowTextError(text, "alg is ftp or tftp")
        }
        track.algorithm = inner.value == "ftp" ? 21 : 69
      case "nat": track.actions.append(.nat(try translation(inner)))
      case "exec":
        track.actions += try actions.read(inner.value, depth: depth + 1)
      default:
        throw FlowTextError(
          text, "expected commit, force, table=, zone=, alg=, nat or exec(), not \(inner.key)")
      }
    }
    if track.forces, !track.commits { throw FlowTextError(text, "force needs commit beside it") }
    return track
  }

  private func translation(_ word: FlowWord) throws(FlowTextError) -> NATAction {
    var nat = NATAction()
    let text = word.text
    for inner in try FlowWord.words(of: word.value) {
      switch inner.key {
      case "src", "dst":
        guard nat.direction == nil else { throw FlowTextError(text, "src or dst, not both") }
        nat.direction = inner.key == "src" ? .source : .destination
        if !inner.value.isEmpty { try range(inner.value, into: &nat, text) }
      case "persistent": nat.isPersistent = true
      case "hash": nat.hashes = true
      case "random": nat.isRandom = true
      default:
        throw FlowTextError(text, "expected src, dst, persistent, hash or random, not \(inner.key)")
      }
    }
    return nat
  }

  /// `10.0.0.1-10.0.0.5:1000-2000`, or IPv6 addresses, in brackets before ports.
  private func range(
    _ value: Substring, into nat: inout NATAction, _ text: String
  ) throws(FlowTextError) {
    var addresses = value
    var portPart: Substring?
    if value.hasPrefix("[") || value.contains("."), let colon = value.lastIndex(of: ":"),
      value.hasPrefix("[") ? value[..<colon].hasSuffix("]") : true
    {
      addresses = value[..<colon]
      portPart = value[value.index(after: colon)...]
    }
    let ends = addresses.split(separator: "-", maxSplits: 1)
    guard let first = ends.first, let last = ends.last else {
      throw FlowTextError(text, "expected ADDRESS[-ADDRESS][:PORT[-PORT]]")
    }
    if first.contains(":") {
      let bare = [first, last].map { $0.drop { $0 == "[" }.prefix { $0 != "]" } }
      guard let low = IPv6Text.parse(bare[0]), let high = IPv6Text.parse(bare[1]), low <= high
      else { throw FlowTextError(text, "\(addresses) is no range of addresses") }
      nat.addresses6 = low...high
    } else {
      let low = UInt32(try FlowNumber.ipv4(first, of: text))
      let high = UInt32(try FlowNumber.ipv4(last, of: text))
      guard low <= high else { throw FlowTextError(text, "the first address is above the last") }
      nat.addresses = low...high
    }
    guard let portPart else { return }
    let ports = portPart.split(separator: "-", maxSplits: 1)
    guard let first = ports.first, let last = ports.last else {
      throw FlowTextError(text, "ports are missing behind the colon")
    }
    let low: UInt16 = try FlowNumber.parse(first, of: text)
    let high: UInt16 = try FlowNumber.parse(last, of: text)
    guard low <= high else { throw FlowTextError(text, "the first port is above the last") }
    nat.ports = low...high
  }
}
