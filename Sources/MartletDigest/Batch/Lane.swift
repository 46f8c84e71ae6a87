// This file says `unsafe`: a lane remembers where its blocks lie. Whoever sets them keeps them alive.

/// One message on its way: a state, and up to two runs of blocks that it has still to take.
@safe struct Lane: BitwiseCopyable {
  var state = SHA256State.initial
  /// The end of a message that is hashed whole.
  var tail = SHA256Tail()
  /// The number of the message in its batch.
  var message = 0
  private(set) var input: UnsafeRawPointer?
  private(set) var blocks = 0
  private var secondInput: UnsafeRawPointer?
  private var secondBlocks = 0

  /// Sets the runs of blocks to take; either may be empty.
  mutating func set(
    first: UnsafeRawPointer?, blocks firstBlocks: Int, second: UnsafeRawPointer?,
    blocks secondBlocks: Int
  ) {
    unsafe (input, blocks) = (first, firstBlocks)
    unsafe (secondInput, self.secondBlocks) = (second, secondBlocks)
    if blocks == 0 { takeSecond() }
  }

  /// Goes on by `count` blocks of the present run.
  mutating func advance(by count: Int) {
    unsafe input = input.map { unsafe $0 + 64 * count }
    blocks -= count
    if blocks == 0 { takeSecond() }
  }

  private mutating func takeSecond() {
    unsafe (input, blocks) = (secondInput, secondBlocks)
    secondBlocks = 0
  }
}
