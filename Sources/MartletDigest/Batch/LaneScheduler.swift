// This file says `unsafe`: lanes, and the arrays of pointers to them that the assembly wants, live
// on the stack of one function.

/// Keeps the lanes of a path busy with a batch of messages of any lengths.
///
/// All lanes run for as many blocks as the one with the fewest has left. A lane whose message ends
/// gets the next one at once, so that lanes run dry only at the end of the batch.
enum LaneScheduler {
  static func run(_ source: inout some BatchSource, on path: SHA256Path) {
    var lanes = InlineArray<8, Lane>(repeating: Lane())
    unsafe withUnsafeMutablePointer(to: &lanes) { lanes in
      unsafe run(
        &source, lanes: UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Lane.self), on: path)
    }
  }

  @unsafe private static func run(
    _ source: inout some BatchSource, lanes: UnsafeMutablePointer<Lane>, on path: SHA256Path
  ) {
    // The first `active` entries are the lanes at work.
    var order = InlineArray<8, Int> { $0 }
    var active = 0
    var next = 0
    while true {
      while active < path.laneCount, next < source.count {
        let lane = unsafe lanes + order[active]
        unsafe lane.pointee.message = next
        unsafe source.start(next, in: lane)
        if unsafe lane.pointee.blocks > 0 {
          active += 1
        } else {
          unsafe source.finish(next, from: lane)
        }
        next += 1
      }
      guard active > 0 else { return }

      let blocks = unsafe step(lanes, order, active, on: path)
      var index = 0
      while index < active {
        let lane = unsafe lanes + order[index]
        unsafe lane.pointee.advance(by: blocks)
        if unsafe lane.pointee.blocks > 0 {
          index += 1
        } else {
          unsafe source.finish(lane.pointee.message, from: lane)
          active -= 1
          order.swapAt(index, active)
        }
      }
    }
  }

  /// Runs the lanes at work for as many blocks as all of them have; returns how many.
  @unsafe private static func step(
    _ lanes: UnsafeMutablePointer<Lane>, _ order: borrowing InlineArray<8, Int>, _ active: Int,
    on path: SHA256Path
  ) -> Int {
    var states = unsafe InlineArray<8, UnsafeMutablePointer<UInt32>?>(repeating: nil)
    var inputs = unsafe InlineArray<8, UnsafePointer<UInt8>?>(repeating: nil)
    var scratch = SHA256State.initial
    var blocks = Int.max
    for index in 0..<active {
      let lane = unsafe lanes + order[index]
      unsafe states[index] = UnsafeMutableRawPointer(lane).assumingMemoryBound(to: UInt32.self)
      unsafe inputs[index] = lane.pointee.input?.assumingMemoryBound(to: UInt8.self)
      unsafe blocks = min(blocks, lane.pointee.blocks)
    }
    unsafe Compression.run(
      &states, &inputs, scratch: &scratch, count: active, blocks: blocks, on: path)
    return blocks
  }
}
