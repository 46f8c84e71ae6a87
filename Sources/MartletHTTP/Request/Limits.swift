/// How much of a request is taken before it is refused.
public struct Limits: Sendable {
  /// The longest request target, in bytes; beyond it: 414.
  public var targetLength = 512

  /// The longest head, request line and fields with their line ends, in bytes; beyond it: 431. The
  /// parser keeps this much memory.
  public var headLength = 2_048

  /// The most fields; beyond it: 431.
  public var fieldCount = 32

  /// The longest body, in bytes, whatever its framing; beyond it: 413.
  public var bodyLength = 4_096

  /// The longest line of a chunk's size with its extensions, in bytes; beyond it: 400.
  public var chunkLineLength = 64

  /// Makes the limits of a small node.
  public init() {}
}
