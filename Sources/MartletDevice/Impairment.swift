/// What a link does to the frames that cross it in one direction.
///
/// A frame first waits for its turn on the link (`bitsPerSecond`, `queueByteLimit`), then is lost,
/// corrupted, doubled or held back by chance, and arrives after `delay`.
public struct Impairment: Equatable, Sendable {
  /// How many frames of a million are lost.
  public var lossPerMillion: UInt32 = 0
  /// How many frames of a million arrive twice.
  public var duplicationPerMillion: UInt32 = 0
  /// How many frames of a million are held back by `reorderingDelay`, so that later ones overtake.
  public var reorderingPerMillion: UInt32 = 0
  /// How much later than the others a frame held back arrives.
  public var reorderingDelay = Interval.milliseconds(1)
  /// How many frames of a million arrive with one bit changed.
  public var corruptionPerMillion: UInt32 = 0
  /// How long every frame travels.
  public var delay = Interval.zero
  /// The most by which chance lengthens that, for each frame anew: frames overtake each other where
  /// it is longer than the time between them.
  public var jitter = Interval.zero
  /// How fast frames leave, in bits a second of their whole length; 0 is at once.
  public var bitsPerSecond: Int64 = 0
  /// The bytes that may wait for their turn at a rate above 0; a frame beyond is dropped. 0 sets no
  /// limit but `frameLimit`.
  public var queueByteLimit = 0
  /// The frames that may wait or travel at once: memory for them is allocated when the injector is
  /// made. A frame beyond is dropped.
  public var frameLimit = 256

  /// A link that does nothing to its frames.
  public init() {}

  /// A link that loses so many frames of a million, and no more.
  public static func loss(perMillion: UInt32) -> Self {
    var impairment = Self()
    impairment.lossPerMillion = perMillion
    return impairment
  }
}
