// This file says `unsafe`: it hands pointers to the assembly. Its callers pass states of eight
// words and inputs of `blocks` times 64 bytes.

internal import CMartletDigest

/// SHA-256's compression function on one of its paths.
enum Compression {
  /// Adds `blocks` blocks to a state.
  @unsafe static func run(
    _ state: UnsafeMutablePointer<UInt32>, _ input: UnsafeRawPointer, blocks: Int,
    on path: SHA256Path
  ) {
    guard path != .portable, VectorBracket.begin() else {
      unsafe PortableCompression.run(state, input, blocks: blocks)
      return
    }
    unsafe runOne(state, input, blocks: blocks, on: path)
    VectorBracket.end()
  }

  /// Adds the blocks of a message and those of its end to a state; `nil` is the first one of
  /// all, which need not be made.
  @unsafe static func run(
    from start: UnsafePointer<SHA256State>?, _ input: UnsafeRawPointer?, blocks: Int,
    tail: SHA256Tail, on path: SHA256Path
  ) -> SHA256State {
    var result = SHA256State.zero
    unsafe withUnsafeMutablePointer(to: &result) { result in
      let words = unsafe UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt32.self)
      unsafe tail.withBlocks { tail, tailBlocks in
        #if arch(x86_64) && !os(Windows)
          if path == .shaNI, VectorBracket.begin() {
            unsafe martlet_sha256_shani_message(
              UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt32.self),
              input?.assumingMemoryBound(to: UInt8.self), blocks,
              tail.assumingMemoryBound(to: UInt8.self), tailBlocks, words)
            VectorBracket.end()
            return
          }
        #endif
        let path = afterRefusal(path)
        unsafe result.pointee = start?.pointee ?? .initial
        if let input = unsafe input, blocks > 0 {
          unsafe run(words, input, blocks: blocks, on: path)
        }
        unsafe run(words, tail, blocks: tailBlocks, on: path)
      }
    }
    return result
  }

  /// The path where the functions of SHA-NI for whole messages were not used: with SHA-NI the bracket
  /// refused, and is not asked again.
  private static func afterRefusal(_ path: SHA256Path) -> SHA256Path {
    path == .shaNI ? .portable : path
  }

  /// HMAC's two hashes from the states behind its two pads: a message with its end, then its digest.
  @unsafe static func runHMAC(
    _ states: UnsafeMutablePointer<HMACKey.States>, _ input: UnsafeRawPointer?, blocks: Int,
    tail: SHA256Tail, on path: SHA256Path
  ) -> SHA256State {
    #if arch(x86_64) && !os(Windows)
      if path == .shaNI, VectorBracket.begin() {
        var result = SHA256State.zero
        unsafe withUnsafeMutablePointer(to: &result) { result in
          unsafe tail.withBlocks { tail, tailBlocks in
            unsafe martlet_sha256_shani_hmac(
              UnsafeRawPointer(states).assumingMemoryBound(to: UInt32.self),
              input?.assumingMemoryBound(to: UInt8.self), blocks,
              tail.assumingMemoryBound(to: UInt8.self), tailBlocks,
              UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt32.self))
          }
        }
        VectorBracket.end()
        return result
      }
    #endif
    let path = afterRefusal(path)
    return unsafe withUnsafePointer(to: &states.pointee.inner) { inner in
      let state = unsafe run(from: inner, input, blocks: blocks, tail: tail, on: path)
      var end = SHA256Tail()
      unsafe SHA256Digest(state).withUnsafeBytes {
        unsafe end.fill(from: $0.baseAddress, count: 32, of: 96)
      }
      return unsafe withUnsafePointer(to: &states.pointee.outer) {
        unsafe run(from: $0, nil, blocks: 0, tail: end, on: path)
      }
    }
  }

  /// The states behind HMAC's two pads, from a key filled up with zeros (RFC 2104, 2).
  @unsafe static func setPads(
    _ states: UnsafeMutablePointer<HMACKey.States>, key: inout InlineArray<8, UInt64>,
    on path: SHA256Path
  ) {
    #if arch(x86_64) && !os(Windows)
      if path == .shaNI, VectorBracket.begin() {
        unsafe withUnsafePointer(to: &key) { key in
          unsafe martlet_sha256_shani_pads(
            UnsafeMutableRawPointer(states).assumingMemoryBound(to: UInt32.self),
            UnsafeRawPointer(key).assumingMemoryBound(to: UInt8.self))
        }
        VectorBracket.end()
        return
      }
    #endif
    let path = afterRefusal(path)
    unsafe states.pointee = HMACKey.States(inner: .initial, outer: .initial)
    for index in 0..<8 { key[index] ^= 0x3636_3636_3636_3636 }
    unsafe run(&states.pointee.inner, &key, on: path)
    for index in 0..<8 { key[index] ^= 0x3636_3636_3636_3636 ^ 0x5c5c_5c5c_5c5c_5c5c }
    unsafe run(&states.pointee.outer, &key, on: path)
  }

  /// Adds one block to a state.
  static func run(
    _ state: inout SHA256State, _ block: inout InlineArray<8, UInt64>, on path: SHA256Path
  ) {
    unsafe withUnsafeMutablePointer(to: &state) { state in
      unsafe withUnsafePointer(to: &block) { block in
        unsafe run(
          UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt32.self),
          UnsafeRawPointer(block), blocks: 1, on: path)
      }
    }
  }

  /// Adds `blocks` blocks to each of the first `count` states, 1 to `path.laneCount` of them. The
  /// arrays hold `path.laneCount` places; those behind `count` are overwritten.
  ///
  /// A function for four or eight streams is also the fastest for three; what the rest of its
  /// streams finds goes to `scratch`, a state that nobody needs.
  @unsafe static func run(
    _ states: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>,
    _ inputs: UnsafeMutablePointer<UnsafePointer<UInt8>?>,
    scratch: UnsafeMutablePointer<UInt32>, count: Int, blocks: Int, on path: SHA256Path
  ) {
    guard path != .portable, VectorBracket.begin() else {
      unsafe runEach(states, inputs, count: count, blocks: blocks, on: .portable)
      return
    }
    #if arch(x86_64) && !os(Windows)
      switch path {
      case .shaNI where count >= 3:
        unsafe fill(states, inputs, from: count, to: 4, scratch: scratch)
        unsafe martlet_sha256_shani_x4(states, inputs, blocks)
      case .shaNI where count == 2:
        unsafe martlet_sha256_shani_x2(states, inputs, blocks)
      case .avx2 where count >= 3:
        // Eight streams take the time of two and a half single ones.
        unsafe fill(states, inputs, from: count, to: 8, scratch: scratch)
        unsafe martlet_sha256_avx2_x8(states, inputs, blocks)
      default:
        unsafe runEach(states, inputs, count: count, blocks: blocks, on: path)
      }
    #else
      unsafe runEach(states, inputs, count: count, blocks: blocks, on: path)
    #endif
    VectorBracket.end()
  }

  /// The same with the places and the scratch state in the caller's variables.
  @unsafe static func run(
    _ states: inout InlineArray<8, UnsafeMutablePointer<UInt32>?>,
    _ inputs: inout InlineArray<8, UnsafePointer<UInt8>?>, scratch: inout SHA256State, count: Int,
    blocks: Int, on path: SHA256Path
  ) {
    unsafe withUnsafeMutablePointer(to: &states) { states in
      unsafe withUnsafeMutablePointer(to: &inputs) { inputs in
        unsafe withUnsafeMutablePointer(to: &scratch) { scratch in
          unsafe run(
            UnsafeMutableRawPointer(states).assumingMemoryBound(
              to: UnsafeMutablePointer<UInt32>?.self),
            UnsafeMutableRawPointer(inputs).assumingMemoryBound(to: UnsafePointer<UInt8>?.self),
            scratch: UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt32.self),
            count: count, blocks: blocks, on: path)
        }
      }
    }
  }

  /// Gives the streams that nobody asked for somewhere to read and to write.
  @unsafe private static func fill(
    _ states: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>,
    _ inputs: UnsafeMutablePointer<UnsafePointer<UInt8>?>, from count: Int, to width: Int,
    scratch: UnsafeMutablePointer<UInt32>
  ) {
    for lane in count..<width {
      unsafe states[lane] = scratch
      unsafe inputs[lane] = inputs[0]
    }
  }

  @unsafe private static func runEach(
    _ states: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>,
    _ inputs: UnsafeMutablePointer<UnsafePointer<UInt8>?>, count: Int, blocks: Int,
    on path: SHA256Path
  ) {
    for lane in 0..<count {
      guard let state = unsafe states[lane], let input = unsafe inputs[lane] else { continue }
      unsafe runOne(state, UnsafeRawPointer(input), blocks: blocks, on: path)
    }
  }

  @unsafe private static func runOne(
    _ state: UnsafeMutablePointer<UInt32>, _ input: UnsafeRawPointer, blocks: Int,
    on path: SHA256Path
  ) {
    #if arch(x86_64) && !os(Windows)
      let bytes = unsafe input.assumingMemoryBound(to: UInt8.self)
      switch path {
      case .shaNI: unsafe martlet_sha256_shani(state, bytes, blocks)
      case .avx2: unsafe martlet_sha256_avx2(state, bytes, blocks)
      case .avx: unsafe martlet_sha256_avx(state, bytes, blocks)
      case .ssse3: unsafe martlet_sha256_ssse3(state, bytes, blocks)
      case .portable, .armv8: unsafe PortableCompression.run(state, input, blocks: blocks)
      }
    #elseif arch(arm64)
      guard path == .armv8 else {
        unsafe PortableCompression.run(state, input, blocks: blocks)
        return
      }
      unsafe martlet_sha256_armv8(state, input.assumingMemoryBound(to: UInt8.self), blocks)
    #else
      unsafe PortableCompression.run(state, input, blocks: blocks)
    #endif
  }
}
