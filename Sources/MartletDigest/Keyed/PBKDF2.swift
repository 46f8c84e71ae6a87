// This file says `unsafe`: its lanes lie on the stack, behind pointers for the assembly, and are
// wiped there.

internal import CMartletDigest

/// PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2): a key from a password, slow on purpose.
///
/// A round takes two compressions. Output beyond 32 bytes needs further blocks, each with all its
/// rounds: they run side by side on the processor's lanes.
public enum PBKDF2 {
  /// Derives a key.
  ///
  /// - Parameters:
  ///   - password: The password's bytes.
  ///   - salt: At least 16 random bytes, kept beside the key.
  ///   - rounds: At least 1; 600,000 is the usual advice for stored passwords.
  ///   - output: Is filled.
  /// - Throws: ``DerivationError``.
  public static func derive(
    password: RawSpan, salt: RawSpan, rounds: Int, into output: inout MutableRawSpan
  ) throws(DerivationError) {
    try derive(password: password, salt: salt, rounds: rounds, into: &output, on: .best)
  }

  /// The same on a given path, which this processor must have.
  @_spi(Testing) public static func derive(
    password: RawSpan, salt: RawSpan, rounds: Int, into output: inout MutableRawSpan,
    on path: SHA256Path
  ) throws(DerivationError) {
    guard rounds > 0 else { throw .badRounds(rounds) }
    guard output.byteCount <= Int(UInt32.max) * SHA256.byteCount else {
      throw .outputTooLong(output.byteCount)
    }
    let key = HMACKey(password, on: path)
    var lanes = InlineArray<8, DerivationLane>(repeating: DerivationLane())
    let blockCount = (output.byteCount + 31) / 32
    for first in stride(from: 0, to: blockCount, by: path.laneCount) {
      let count = min(path.laneCount, blockCount - first)
      for lane in 0..<count {
        lanes[lane].start(key, salt: salt, number: UInt32(truncatingIfNeeded: first + lane + 1))
      }
      unsafe withUnsafeMutablePointer(to: &lanes) {
        unsafe run(
          UnsafeMutableRawPointer($0).assumingMemoryBound(to: DerivationLane.self), count: count,
          rounds: rounds - 1, key: key)
      }
      for lane in 0..<count {
        lanes[lane].copy(into: &output, at: 32 * (first + lane))
      }
    }
    unsafe withUnsafeMutableBytes(of: &lanes) { unsafe martlet_wipe($0.baseAddress, $0.count) }
  }

  @unsafe private static func run(
    _ lanes: UnsafeMutablePointer<DerivationLane>, count: Int, rounds: Int,
    key: borrowing HMACKey
  ) {
    unsafe key.withStates { states in
      for _ in 0..<rounds {
        unsafe step(lanes, count, from: states.pointee.inner, on: key.path)
        unsafe step(lanes, count, from: states.pointee.outer, on: key.path)
        for lane in 0..<count { unsafe lanes[lane].addToSum() }
      }
    }
  }

  /// One compression of every lane: its state, as a message, behind one of the pads.
  @unsafe private static func step(
    _ lanes: UnsafeMutablePointer<DerivationLane>, _ count: Int,
    from start: SHA256State, on path: SHA256Path
  ) {
    var states = unsafe InlineArray<8, UnsafeMutablePointer<UInt32>?>(repeating: nil)
    var inputs = unsafe InlineArray<8, UnsafePointer<UInt8>?>(repeating: nil)
    var scratch = SHA256State.initial
    for index in 0..<count {
      unsafe lanes[index].prepare(start)
      let lane = unsafe UnsafeMutableRawPointer(lanes + index)
      unsafe states[index] = lane.assumingMemoryBound(to: UInt32.self)
      let block = unsafe lane + MemoryLayout<SHA256State>.stride
      unsafe inputs[index] = UnsafePointer(block.assumingMemoryBound(to: UInt8.self))
    }
    unsafe Compression.run(
      &states, &inputs, scratch: &scratch, count: count, blocks: 1, on: path)
  }
}
