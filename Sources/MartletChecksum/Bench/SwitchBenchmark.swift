// This file says `unsafe`: threads and event descriptors are the C library's.

internal import CMartletChecksum
internal import Glibc

/// What vector registers cost at a switch of threads: two threads on one processor wake each other
/// in turns, each leaving its registers in a given state before it sleeps.
public struct SwitchBenchmark {
  private enum Mode: Int, CaseIterable {
    case untouched
    case filled
    case cleared

    var name: String {
      switch self {
      case .untouched: "vector registers untouched"
      case .filled: "16 registers filled, upper halves in use"
      case .cleared: "the same, then vzeroupper"
      }
    }

    /// Stands between two readings of the clock: nothing here may ask the processor what it has.
    func prepare(_ hasAVX: Int32) {
      switch self {
      case .untouched: break
      case .filled: martlet_fill_vectors(hasAVX)
      case .cleared: martlet_fill_and_clear_vectors(hasAVX)
      }
    }
  }

  private let hasAVX = martlet_has_avx()

  private static var rounds: Int { 61 }
  private static var tripsPerRound: Int { 500 }

  /// Prepares the measurement.
  public init() {}

  /// Measures, and hands out the report line by line. Takes about a second.
  public func run(_ say: (String) -> Void) {
    let first = eventfd(0, 0)
    let second = eventfd(0, 0)
    guard first >= 0, second >= 0 else {
      say("No event descriptors: switches were not measured.")
      return
    }
    defer {
      close(first)
      close(second)
    }
    guard let samples = measure(first, second) else {
      say("Two threads could not be put on one processor: switches were not measured.")
      return
    }
    report(samples, say)
  }

  // MARK: Measuring

  /// What the second thread is told.
  private final class Partner: Sendable {
    let processor: Int32
    let hasAVX: Int32
    let input: Int32
    let output: Int32

    init(processor: Int32, hasAVX: Int32, input: Int32, output: Int32) {
      self.processor = processor
      self.hasAVX = hasAVX
      self.input = input
      self.output = output
    }

    /// Answers until it is told to stop; a message is a mode and one more.
    func run() {
      martlet_stay_on(processor)
      while let mode = Mode(rawValue: Int(SwitchBenchmark.receive(input)) - 1) {
        mode.prepare(hasAVX)
        SwitchBenchmark.send(UInt64(mode.rawValue + 1), to: output)
      }
    }
  }

  /// Nanoseconds a switch: of each mode, a sample of each round.
  private func measure(_ first: Int32, _ second: Int32) -> [[Double]]? {
    let processor = martlet_current_processor()
    guard processor >= 0, martlet_stay_on(processor) == 0 else { return nil }
    let partner = Partner(
      processor: processor, hasAVX: hasAVX, input: first, output: second)
    let pointer = unsafe Unmanaged.passRetained(partner)
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { partner in
        guard let partner = unsafe partner else { return nil }
        unsafe Unmanaged<Partner>.fromOpaque(partner).takeRetainedValue().run()
        return nil
      }, pointer.toOpaque())
    guard result == 0 else {
      unsafe pointer.release()
      return nil
    }
    var samples = [[Double]](repeating: [], count: Mode.allCases.count)
    for round in 0..<Self.rounds {
      // Each mode comes first as often as the others: on a busy machine the place matters.
      for turn in Mode.allCases.indices {
        guard let mode = Mode(rawValue: (round + turn) % Mode.allCases.count) else { continue }
        samples[mode.rawValue].append(sample(mode, first, second))
      }
    }
    Self.send(UInt64(Mode.allCases.count + 1), to: first)
    pthread_join(thread, nil)
    return samples
  }

  private func sample(_ mode: Mode, _ first: Int32, _ second: Int32) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<Self.tripsPerRound {
      mode.prepare(hasAVX)
      Self.send(UInt64(mode.rawValue + 1), to: first)
      _ = Self.receive(second)
    }
    return start.duration(to: clock.now) / .nanoseconds(1) / Double(2 * Self.tripsPerRound)
  }

  private static func send(_ value: UInt64, to descriptor: Int32) {
    eventfd_write(descriptor, value)
  }

  private static func receive(_ descriptor: Int32) -> UInt64 {
    var value: UInt64 = 0
    _ = unsafe eventfd_read(descriptor, &value)
    return value
  }

  // MARK: Reporting

  private func report(_ samples: [[Double]], _ say: (String) -> Void) {
    say("A switch of threads, nanoseconds (a quarter of \(Self.rounds) samples was faster):")
    let sorted = samples.map { $0.sorted() }
    // Others on the machine only ever make a sample slower: the fast ones tell more.
    let typical = sorted.map { $0[Self.rounds / 4] }
    for mode in Mode.allCases {
      say("\(PathBenchmark.fixed(typical[mode.rawValue], 0)) \(mode.name)")
    }
    // How far the same thing lies from itself.
    let spread = sorted.map { $0[Self.rounds / 2] - $0[0] }.max() ?? 0
    let cost = typical[Mode.filled.rawValue] - typical[Mode.untouched.rawValue]
    let noise = PathBenchmark.fixed(spread, 0)
    if abs(cost) <= spread {
      say("Vector registers in use: no effect above the noise of \(noise) ns.")
    } else {
      let direction = cost > 0 ? "more" : "less"
      say(
        "Vector registers in use: \(PathBenchmark.fixed(abs(cost), 0)) ns \(direction), "
          + "with a noise of \(noise) ns.")
    }
  }
}
