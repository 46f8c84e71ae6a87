// Says `unsafe`: an array's bytes are lent as a span.

import MartletDevice
import MartletWire
import Testing

/// Bytes from hexadecimal digits; blanks are for the reader.
func bytes(_ digits: String) -> [UInt8] {
  let digits = digits.filter { !$0.isWhitespace }
  return stride(from: 0, to: digits.count, by: 2).compactMap { offset in
    UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
  }
}

extension [UInt8] {
  /// Copies bytes.
  init(_ bytes: RawSpan) {
    self = unsafe bytes.withUnsafeBytes { unsafe Self($0) }
  }

  /// Reads the bytes.
  func read<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(span.bytes)
  }

  /// Bytes by chance, the same for the same generator.
  static func random(_ count: Int, _ generator: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in .random(in: 0...255, using: &generator) }
  }
}

/// The `count` bytes that `body` writes; what it leaves is 0xEE.
func written(
  _ count: Int, _ body: (inout MutableRawSpan) throws(WireError) -> Void
) throws(WireError) -> [UInt8] {
  var array = [UInt8](repeating: 0xEE, count: count)
  var span = array.mutableSpan
  var bytes = unsafe span.mutableBytes
  try body(&bytes)
  return array
}

/// Checks that `parse` refuses each of the first `count` beginnings of `whole`, and takes `whole`.
func expectPrefixesRefused(
  of whole: [UInt8], below count: Int? = nil, _ parse: (RawSpan) throws(WireError) -> Void
) {
  for length in 0..<(count ?? whole.count) {
    do throws(WireError) {
      try [UInt8](whole.prefix(length)).read(parse)
      Issue.record("\(length) bytes were taken")
    } catch {
      guard case .truncated(let needed, let available) = error else {
        Issue.record("\(length) bytes: \(error)")
        continue
      }
      #expect(available <= length && needed > available)
    }
  }
  #expect(throws: Never.self) { try whole.read(parse) }
}

/// Checks that `emit` refuses every room below `length` bytes.
func expectShortRoomRefused(
  below length: Int, _ emit: (inout MutableRawSpan) throws(WireError) -> Void
) {
  for room in 0..<length {
    do throws(WireError) {
      _ = try written(room, emit)
      Issue.record("\(room) bytes sufficed")
    } catch {
      guard case .truncated = error else {
        Issue.record("\(room) bytes: \(error)")
        continue
      }
    }
  }
}

/// Reads bytes by chance, of every length up to `longest`, and variants of `sample` with a few
/// bytes changed; a trap ends the test run.
func readByChance(
  like sample: [UInt8], rounds: Int = 3000, _ body: (RawSpan) -> Void
) {
  var generator = SplitMix64(seed: UInt64(sample.count))
  for round in 0..<rounds {
    if round.isMultiple(of: 2) || sample.isEmpty {
      let count = Int.random(in: 0...(sample.count + 16), using: &generator)
      [UInt8].random(count, &generator).read(body)
    } else {
      var changed = sample
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<changed.count, using: &generator)
        changed[index] = .random(in: 0...255, using: &generator)
      }
      [UInt8](changed.prefix(.random(in: 0...changed.count, using: &generator))).read(body)
    }
  }
}

/// `#expect` for what is asked of a view, which the macro cannot take apart.
func expect(_ condition: Bool, at location: SourceLocation = #_sourceLocation) {
  #expect(condition, sourceLocation: location)
}

/// The bytes of a span that may not be there.
func array(_ bytes: RawSpan?) -> [UInt8]? {
  guard let bytes else { return nil }
  return [UInt8](bytes)
}
