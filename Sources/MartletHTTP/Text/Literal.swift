// The only file of this module that says `unsafe`: text that lies in the program, and the step from
// an array's elements to its bytes.

/// Text that is written in the program, in UTF-8, without a `String`.
@safe
public struct Literal: ExpressibleByStringLiteral, Sendable {
  private let text: StaticString

  /// Takes the text of a string literal.
  public init(stringLiteral text: StaticString) {
    // A literal of one scalar has no address; longer ones, and the empty one, do.
    precondition(text.hasPointerRepresentation)
    self.text = text
  }

  /// How many bytes the text has.
  public var count: Int { text.utf8CodeUnitCount }

  /// One byte of the text; traps outside it.
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return unsafe text.utf8Start[index]
  }
}

extension ByteText {
  /// The bytes of an array, or of a part of it.
  @_lifetime(borrow array)
  init(_ array: borrowing [UInt8], _ range: Range<Int>) {
    self.init(unsafe array.span.extracting(range).bytes)
  }
}

extension OutputBuffer {
  /// What was appended so far.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get { unsafe storage.span.bytes }
  }
}
