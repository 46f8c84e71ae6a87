/// What the season or the weather changes of a sequence. Each has its end: what is forgotten ends by
/// itself, and then everything is as it was planned.
public struct WateringAdjustment: Equatable, Sendable {
  /// Per cent of every time, 0 to 200, and until when, in seconds since 1970, UTC.
  public var season: (percent: Int, until: Int64)?
  /// Until when nothing begins by itself.
  public var rainDelay: Int64?

  /// Nothing is changed.
  public init() {}

  /// Whether all parts are the same.
  public static func == (a: Self, b: Self) -> Bool {
    a.season?.percent == b.season?.percent && a.season?.until == b.season?.until
      && a.rainDelay == b.rainDelay
  }

  /// The sequence as it is to run now; `nil` when nothing is to run.
  public func applied(to sequence: WateringSequence, now: Int64) -> WateringSequence? {
    if let rainDelay, now < rainDelay { return nil }
    guard let season, now < season.until else { return sequence }
    let percent = min(max(season.percent, 0), 200)
    return WateringSequence(
      sequence.steps.compactMap { step in
        SequenceStep(
          valve: step.valve, seconds: min((step.seconds * percent + 50) / 100, SequenceStep.longest)
        )
      })
  }
}
