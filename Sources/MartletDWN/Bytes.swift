// The only file of this module that says `unsafe`: the step from an array's elements to its bytes.

internal import MartletDigest
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

extension HMACKey {
  /// A key of 32 bytes derived from another (HKDF, RFC 5869).
  init(expanding key: PairingKey, salt: RawSpan, info: RawSpan) {
    let derivation = HKDF(salt: salt, inputKeyMaterial: unsafe key.bytes.span.bytes)
    var output = InlineArray<32, UInt8>(repeating: 0)
    var span = output.mutableSpan
    var bytes = unsafe span.mutableBytes
    // It throws for more than 8,160 bytes alone; 32 zero bytes would be a key that anyone has.
    do throws(DerivationError) {
      try derivation.expand(info: info, into: &bytes)
    } catch {
      preconditionFailure()
    }
    self.init(unsafe output.span.bytes)
  }
}
