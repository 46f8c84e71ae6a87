/// Adds a flow whose match and actions come from the frame (Nicira's `learn`).
public struct LearnAction: Equatable, Sendable {
  /// The table of the new flow.
  public var table: UInt8 = 0
  /// Its priority.
  public var priority: UInt16 = 32768
  /// Its cookie.
  public var cookie: UInt64 = 0
  /// Seconds; 0 for ever.
  public var idleTimeout: UInt16 = 0
  /// Seconds; 0 for ever.
  public var hardTimeout: UInt16 = 0
  /// Seconds without a frame after a FIN or RST; it has no effect.
  public var finIdleTimeout: UInt16 = 0
  /// Seconds after a FIN or RST; it has no effect.
  public var finHardTimeout: UInt16 = 0
  /// Tells the controllers when it goes.
  public var sendsFlowRemoved = false
  /// Deletes what was learned when the flow goes.
  public var deletesLearned = false
  /// Its demands and actions.
  public var parts: [Part] = []

  /// A flow for every frame that does nothing.
  public init() {}

  /// One demand or action of the learned flow.
  public enum Part: Equatable, Sendable {
    /// Matches a field's bits against a value known now.
    case match(FieldRange, value: UInt128)
    /// Matches a field's bits against bits of the frame.
    case matchFrame(FieldRange, from: FieldRange)
    /// Loads a value known now.
    case load(UInt128, to: FieldRange)
    /// Loads bits of the frame.
    case loadFrame(FieldRange, to: FieldRange)
    /// Sends to the port that some bits of the frame say.
    case output(FieldRange)
  }
}
