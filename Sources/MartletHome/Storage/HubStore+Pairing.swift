internal import GRDB

/// The keys that nodes share with the hub, sealed.
extension HubStore {
  /// The key of each node that is paired. One that cannot be opened is left out, and said.
  func pairingKeys() throws -> [String: [UInt8]] {
    let rows = try pool.read { try Row.fetchAll($0, sql: "SELECT device, sealed FROM pairing") }
    var keys: [String: [UInt8]] = [:]
    for row in rows {
      let device: String = row["device"]
      let sealed = [UInt8](hex: row["sealed"] as String) ?? []
      guard let key = seal.open(sealed, of: device) else {
        try log(
          "Its key cannot be opened with hub.key; pair it anew", device: device,
          now: WallClock.seconds)
        continue
      }
      keys[device] = key
    }
    return keys
  }

  func keep(pairing key: [UInt8], of device: String, now: Int64) throws {
    let sealed = seal.seal(key, of: device).hex
    try pool.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO pairing (device, sealed, time) VALUES (?, ?, ?)",
        arguments: [device, sealed, now])
    }
  }

  func removePairing(of device: String) throws {
    try pool.write { database in
      try database.execute(sql: "DELETE FROM pairing WHERE device = ?", arguments: [device])
    }
  }
}
