/// The bits of a key that count, and which words have any.
public struct FlowMask: Equatable, Sendable, BitwiseCopyable {
  /// A bit set in a word says that this bit of the key counts.
  var bits = FlowKey()
  /// Bit n: word n of `bits` is not zero.
  private(set) var wordSet: UInt32 = 0

  /// Nothing counts.
  public init() {}

  /// Whether nothing counts.
  public var isEmpty: Bool { wordSet == 0 }

  /// The bits of a field that count.
  public subscript(field: Field) -> UInt128 {
    get { bits[field] }
    set {
      bits[field] = newValue
      let word = field.location.word
      note(word)
      if field.location.width > 64 { note(word + 1) }
    }
  }

  /// Lets all bits of a field count.
  public mutating func insert(_ field: Field) { self[field] = .max }

  /// Lets bits of a word count.
  mutating func set(word: Int, _ bits: UInt64) {
    self.bits.words[word] = bits
    note(word)
  }

  /// Lets count what counts in `other`, too.
  mutating func formUnion(_ other: borrowing FlowMask) {
    var rest = other.wordSet
    while rest != 0 {
      let word = rest.trailingZeroBitCount
      rest &= rest - 1
      bits.words[word] |= other.bits.words[word]
    }
    wordSet |= other.wordSet
  }

  /// The stages of a key that are searched one by one, the words of each: what the switch knows, Ethernet,
  /// network, transport.
  static var stages: InlineArray<4, UInt32> {
    [0x0000_ffff, 0x0007_0000, 0x1ff8_0000, 0x2000_0000]
  }

  /// Lets the words outside `words` count no more.
  func limited(to words: UInt32) -> FlowMask {
    var result = FlowMask()
    var rest = wordSet & words
    while rest != 0 {
      let word = rest.trailingZeroBitCount
      rest &= rest - 1
      result.set(word: word, bits.words[word])
    }
    return result
  }

  /// Goes on with a hash over some words of a key.
  func hash(_ key: borrowing FlowKey, words: UInt32, from start: UInt64) -> UInt64 {
    let (values, masks) = (key.words.span, bits.words.span)
    var hash = start
    var rest = wordSet & words
    while rest != 0 {
      let word = rest.trailingZeroBitCount
      rest &= rest - 1
      hash = FlowHash.mix(hash, values[word] & masks[word])
    }
    return hash
  }

  /// Whether every bit that counts in `other` counts here.
  func isSuperset(of other: borrowing FlowMask) -> Bool {
    for word in 0..<FlowKey.wordCount where other.bits.words[word] & ~bits.words[word] != 0 {
      return false
    }
    return true
  }

  /// Calls `body` with each word that counts.
  @inline(__always)
  func forEachWord(_ body: (Int, UInt64) -> Void) {
    var rest = wordSet
    while rest != 0 {
      let word = rest.trailingZeroBitCount
      rest &= rest - 1
      body(word, bits.words[word])
    }
  }

  /// A hash of the bits of a key that count.
  @inline(__always)
  func hash(_ key: borrowing FlowKey, seed: UInt64) -> UInt64 {
    let (words, masks) = (key.words.span, bits.words.span)
    var hash = seed
    var rest = wordSet
    while rest != 0 {
      let word = rest.trailingZeroBitCount
      rest &= rest - 1
      hash = FlowHash.mix(hash, words[word] & masks[word])
    }
    return FlowHash.finish(hash)
  }

  /// Whether two keys agree in what counts.
  @inline(__always)
  func agrees(_ first: borrowing FlowKey, _ second: borrowing FlowKey) -> Bool {
    let (left, right, masks) = (first.words.span, second.words.span, bits.words.span)
    var rest = wordSet
    while rest != 0 {
      let word = rest.trailingZeroBitCount
      rest &= rest - 1
      if (left[word] ^ right[word]) & masks[word] != 0 { return false }
    }
    return true
  }

  private mutating func note(_ word: Int) {
    if bits.words[word] != 0 {
      wordSet |= 1 << UInt32(word)
    } else {
      wordSet &= ~(1 << UInt32(word))
    }
  }
}
