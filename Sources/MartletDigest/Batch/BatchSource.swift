// This file says `unsafe`: lanes stay where they are, behind pointers.

/// Messages for the lanes, and what becomes of them.
protocol BatchSource {
  /// The number of messages.
  var count: Int { get }
  /// Gives the lane a message: its state and its runs of blocks.
  mutating func start(_ message: Int, in lane: UnsafeMutablePointer<Lane>)
  /// Takes the state of a message whose blocks are done.
  mutating func finish(_ message: Int, from lane: UnsafeMutablePointer<Lane>)
}
