/// The request line and the fields of one request, kept by the parser until the next request.
public struct RequestHead: ~Copyable {
  /// Where a field's name and value lie.
  struct Field {
    var name: Range<Int>
    var value: Range<Int>
  }

  /// How the body's end is found (RFC 9112 section 6.3).
  enum Framing: Equatable {
    case length(Int)
    case chunked
  }

  var bytes: [UInt8] = []
  var fields: [Field] = []
  var targetRange = 0..<0
  var pathRange = 0..<0
  var queryRange = 0..<0
  var framing = Framing.length(0)

  /// The method.
  public internal(set) var method = Method.other

  /// Whether the request is HTTP/1.1 or a later 1.x; if not, it is HTTP/1.0.
  public internal(set) var isVersion11 = true

  /// Whether the client keeps the connection open for another request (RFC 9112 section 9.3).
  public internal(set) var keepsAlive = true

  /// Whether the client waits for a 100 before it sends the body (RFC 9110 section 10.1.1).
  public internal(set) var expectsContinue = false

  init(limits: Limits) {
    bytes.reserveCapacity(limits.headLength)
    fields.reserveCapacity(limits.fieldCount)
  }

  /// The target as it came.
  public var target: ByteText {
    @_lifetime(borrow self)
    borrowing get { ByteText(bytes, targetRange) }
  }

  /// The target's path, still percent-encoded; `*` in `OPTIONS *`.
  public var path: ByteText {
    @_lifetime(borrow self)
    borrowing get { ByteText(bytes, pathRange) }
  }

  /// What follows the target's `?`, still encoded: see ``FormReader``.
  public var query: ByteText {
    @_lifetime(borrow self)
    borrowing get { ByteText(bytes, queryRange) }
  }

  /// How many fields there are.
  public var fieldCount: Int { fields.count }

  /// The name of one field; traps outside `0..<fieldCount`.
  @_lifetime(borrow self)
  public borrowing func fieldName(_ index: Int) -> ByteText { ByteText(bytes, fields[index].name) }

  /// The value of one field without blanks around it; traps outside `0..<fieldCount`.
  @_lifetime(borrow self)
  public borrowing func fieldValue(_ index: Int) -> ByteText {
    ByteText(bytes, fields[index].value)
  }

  /// The value of the first field of that name, given in lower case.
  @_lifetime(borrow self)
  public borrowing func field(_ name: Literal) -> ByteText? {
    for index in fields.indices where fieldName(index).equalsIgnoringCase(name) {
      return fieldValue(index)
    }
    return nil
  }

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    framing = .length(0)
    expectsContinue = false
  }
}
