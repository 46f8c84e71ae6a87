/// Rules as a store and a form have them: words with spaces between, such as `input d1 0 active`.
extension Rule.Trigger {
  /// The words.
  public var text: String {
    switch self {
    case .input(let device, let number, let isActive):
      "input \(device) \(number) \(isActive ? "active" : "quiet")"
    case .presence(let device, let level): "presence \(device) \(level.rawValue)"
    case .node(let device, let isOnline): "\(isOnline ? "online" : "offline") \(device)"
    case .time(let minute): "time \(minute)"
    }
  }

  /// Reads the words; `nil` for others.
  public init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    switch (words.first, words.count) {
    case ("input", 4):
      guard let (number, isActive) = Rule.input(words[2], words[3]) else { return nil }
      self = .input(device: words[1], number: number, isActive: isActive)
    case ("presence", 3):
      guard let level = Rule.PresenceLevel(rawValue: words[2]) else { return nil }
      self = .presence(device: words[1], level)
    case ("online", 2), ("offline", 2):
      self = .node(device: words[1], isOnline: words[0] == "online")
    case ("time", 2):
      guard let minute = Rule.minute(words[1]) else { return nil }
      self = .time(minute: minute)
    default: return nil
    }
  }
}

extension Rule.Condition {
  /// The words.
  public var text: String {
    switch self {
    case .input(let device, let number, let isActive):
      "input \(device) \(number) \(isActive ? "active" : "quiet")"
    case .presence(let device, let level): "presence \(device) \(level.rawValue)"
    case .between(let from, let to): "between \(from) \(to)"
    }
  }

  /// Reads the words; `nil` for others.
  public init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    switch (words.first, words.count) {
    case ("input", 4):
      guard let (number, isActive) = Rule.input(words[2], words[3]) else { return nil }
      self = .input(device: words[1], number: number, isActive: isActive)
    case ("presence", 3):
      guard let level = Rule.PresenceLevel(rawValue: words[2]) else { return nil }
      self = .presence(device: words[1], level)
    case ("between", 3):
      guard let from = Rule.minute(words[1]), let to = Rule.minute(words[2]), from != to else {
        return nil
      }
      self = .between(from: from, to: to)
    default: return nil
    }
  }
}

extension Rule.Action {
  /// The words.
  public var text: String {
    switch self {
    case .stopWater: "stop"
    case .light(let device, let isOn): "light \(device) \(isOn ? "on" : "off")"
    case .run(let device, let sequence): "run \(device) \(sequence)"
    case .notify: "notify"
    }
  }

  /// Reads the words; `nil` for others.
  public init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    switch (words.first, words.count) {
    case ("stop", 1): self = .stopWater
    case ("notify", 1): self = .notify
    case ("light", 3):
      guard ["on", "off"].contains(words[2]) else { return nil }
      self = .light(device: words[1], isOn: words[2] == "on")
    case ("run", 3):
      guard let sequence = Int64(words[2]) else { return nil }
      self = .run(device: words[1], sequence: sequence)
    default: return nil
    }
  }
}

extension Rule {
  fileprivate static func input(_ number: String, _ word: String) -> (Int, Bool)? {
    guard let number = Int(number), (0..<8).contains(number), ["active", "quiet"].contains(word)
    else { return nil }
    return (number, word == "active")
  }

  fileprivate static func minute(_ text: String) -> Int? {
    Int(text).flatMap { (0..<1440).contains($0) ? $0 : nil }
  }
}
