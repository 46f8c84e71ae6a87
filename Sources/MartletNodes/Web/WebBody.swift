/// What is left of an answer's body, in its site's own terms.
public struct WebBody: Equatable, Sendable, BitwiseCopyable {
  /// The site's number for the page, or for a part of it.
  public var page: UInt8
  /// How far it has come.
  public var position: Int

  /// Takes both.
  public init(page: UInt8, position: Int = 0) {
    self.page = page
    self.position = position
  }
}
