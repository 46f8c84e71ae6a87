/// What a node is told at a time: a step, or a part of one that is longer than a node allows.
public struct SequencePart: Equatable, Hashable, Sendable {
  /// The longest part: half an hour, as nodes have it.
  public static var longest: Int { 1800 }

  /// The step it belongs to, from 0.
  public let step: Int
  /// The valve, 0 for A.
  public let valve: Int
  /// The time.
  public let seconds: Int
}
