// The only file of this module that says `unsafe`: the step from an array's elements to its bytes.

public import MartletHTTP

extension ShortText {
  /// The text's bytes.
  public var bytes: ByteText {
    @_lifetime(borrow self)
    borrowing get { ByteText(unsafe storage.span.extracting(0..<count).bytes) }
  }
}

extension MessageBody {
  /// What was gathered.
  var text: ByteText {
    @_lifetime(borrow self)
    borrowing get { ByteText(unsafe bytes.span.bytes) }
  }
}
