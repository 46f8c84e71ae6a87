/// Valves that are opened one after the other.
///
/// As text it is a list of letters and seconds, `a600,c300,b60`, as the first hub has it.
public struct WateringSequence: Equatable, Hashable, Sendable {
  /// The most steps.
  public static var longest: Int { 64 }

  /// The steps, in order; 1 to 64 of them.
  public let steps: [SequenceStep]

  /// Takes steps; `nil` for none, or more than 64.
  public init?(_ steps: [SequenceStep]) {
    guard (1...Self.longest).contains(steps.count) else { return nil }
    self.steps = steps
  }

  /// Reads a list. Blanks around items are allowed; one bad item voids the list, and is named.
  public init(parsing text: some StringProtocol) throws(SequenceTextError) {
    let items = text.split(separator: ",", omittingEmptySubsequences: false)
    guard items.count <= Self.longest else { throw .tooLong }
    var steps: [SequenceStep] = []
    for (index, item) in items.enumerated() {
      let bytes = Array(item.utf8.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
      guard let letter = bytes.first else { throw .empty(item: index + 1) }
      guard (0x61...0x64).contains(letter) else { throw .badValve(item: index + 1) }
      guard bytes.count <= 6, bytes.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }),
        let seconds = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)),
        let step = SequenceStep(valve: Int(letter) - 0x61, seconds: seconds)
      else { throw .badTime(item: index + 1) }
      steps.append(step)
    }
    self.steps = steps
  }

  /// The sequence as a list.
  public var text: String {
    steps.map { "\("abcd".dropFirst($0.valve).prefix(1))\($0.seconds)" }.joined(separator: ",")
  }

  /// All times together, in seconds.
  public var totalSeconds: Int { steps.reduce(0) { $0 + $1.seconds } }

  /// What a node is told: no part is longer than it allows.
  public var parts: [SequencePart] {
    var parts: [SequencePart] = []
    for (index, step) in steps.enumerated() {
      var left = step.seconds
      while left > 0 {
        let seconds = min(left, SequencePart.longest)
        parts.append(SequencePart(step: index, valve: step.valve, seconds: seconds))
        left -= seconds
      }
    }
    return parts
  }
}
