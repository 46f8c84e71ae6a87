// Says `unsafe` where text is seen as bytes.

internal import MartletDWN
internal import MartletHTTP
internal import MartletHub

/// How nodes come to obey this hub alone.
extension HubService {
  /// How long a node may take to prove that it shows the code.
  private static var pairingTime: Duration { .seconds(12) }

  /// Pairs with a node by the code that it shows.
  public func pair(_ id: String, code text: String) async throws {
    guard let code = unsafe PairingCode(parsing: ByteText(Array(text.utf8).span.bytes)) else {
      throw Refusal(
        description:
          "A code has 16 letters and digits, such as 7K2M-9QRA-4TXC-0BZ5; the node shows it while "
          + "its pairing window is open.", reason: .invalid)
    }
    guard pairings[id] == nil else {
      throw Refusal(description: "\(id) is being paired already.")
    }
    guard engine.devices[id] != nil else {
      throw Refusal(description: "There is no device '\(id)'.", reason: .unknown)
    }
    let late = Task {
      try await Task.sleep(for: Self.pairingTime)
      self.answerPairing(id, "has not answered in time")
    }
    defer { late.cancel() }
    let problem = await withCheckedContinuation { continuation in
      pairings[id] = continuation
      var effects: [DeviceEffect] = []
      _ = engine.pair(id, by: code, now: now, &effects)
      apply(effects)
    }
    if let problem { throw Refusal(description: "Not paired: \(id) \(problem).") }
  }

  /// Forgets the key that a node shares with this hub. The node still obeys no other before it is
  /// paired anew.
  public func unpair(_ id: String) throws {
    guard engine.isPaired(id) else {
      throw Refusal(description: "\(id) is not paired with this hub.")
    }
    try store.removePairing(of: id)
    var effects: [DeviceEffect] = []
    engine.unpair(id, now: now, &effects)
    log("Pairing forgotten", id)
    apply(effects)
  }

  func paired(_ id: String, _ key: [UInt8]) {
    do {
      try store.keep(pairing: key, of: id, now: WallClock.seconds)
      log("Paired", id)
      answerPairing(id, nil)
    } catch {
      answerPairing(id, "is paired until this hub ends, for its key could not be kept: \(error)")
    }
  }

  func answerPairing(_ id: String, _ problem: String?) {
    pairings.removeValue(forKey: id)?.resume(returning: problem)
  }
}
