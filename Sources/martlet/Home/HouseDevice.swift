/// A device as the hub's API tells it.
struct HouseDevice {
  let json: JSON

  var id: String { json["id"]?.string ?? "" }
  var label: String { json["label"]?.string ?? "" }
  var kind: String { json["kind"]?.string ?? "" }
  var standing: String { json["standing"]?.string ?? "" }

  /// The open valves, 0 for A; `nil` when that is not known.
  var open: [Int]? { json["open"].map { $0.elements.compactMap { $0.integer.map { Int($0) } } } }

  /// What it says of itself, in words.
  var state: String {
    if let open {
      guard let valve = open.first else { return "all closed" }
      let step = json["run"]?["state"]?.string.map { ", \($0)" } ?? ""
      return "valve \(Self.letter(valve)) open\(step)"
    }
    if let light = json["light"] {
      guard light["on"]?.flag == true else { return "off" }
      return "on \(light["color"]?.string ?? ""), brightness \(light["brightness"]?.integer ?? 0)"
    }
    if let mask = json["inputs"]?.integer {
      return (0..<2).map { "\($0 + 1) \(mask >> Int64($0) & 1 == 1 ? "active" : "quiet")" }
        .joined(separator: ", ")
    }
    if let presence = json["presence"]?.string { return presence }
    return json["raw"]?.string ?? "unknown"
  }

  /// Whom it obeys, in a word.
  var pairing: String {
    if json["proved"]?.flag == true { return "proved" }
    if json["paired"]?.flag == true { return "paired" }
    return json["needsPairing"]?.flag == true ? "not paired" : "obeys anyone"
  }

  static func letter(_ valve: Int) -> String { ["A", "B", "C", "D"][min(max(valve, 0), 3)] }

  /// All devices of a hub.
  static func all(of hub: HubClient) async throws -> [HouseDevice] {
    try await hub.json("/api/v1/devices").elements.map { HouseDevice(json: $0) }
  }

  /// The one of a kind that is called so, by its id or its name for people; without a name the only
  /// one there is.
  static func find(
    _ name: String?, kind: String? = nil, of hub: HubClient
  ) async throws -> HouseDevice {
    let all = try await all(of: hub).filter { kind == nil || $0.kind == kind }
    let names = all.map { "\($0.id) (\($0.label))" }.joined(separator: ", ")
    guard let name else {
      guard all.count == 1 else {
        throw Failure(
          all.isEmpty ? .noInput : .usage,
          all.isEmpty
            ? "the hub knows no \(kind ?? "device")" : "several are there; --node may be: \(names)")
      }
      return all[0]
    }
    let found = all.filter { $0.id == name || $0.label.lowercased() == name.lowercased() }
    guard let device = found.first else {
      throw Failure(
        .noInput,
        "the hub knows no \(kind ?? "device") '\(name)'"
          + (all.isEmpty ? "" : "; --node may be: \(names)"))
    }
    guard found.count == 1 else {
      throw Failure(
        .usage,
        "several are called '\(name)'; --node may be: \(found.map(\.id).joined(separator: ", "))")
    }
    return device
  }
}
