/// Why a request is refused. The connection is of no use afterwards: answer and close.
public enum RequestError: Error, Equatable, Sendable {
  /// The request line is not `method SP target SP version CRLF`.
  case badRequestLine
  /// A line feed without a carriage return before it, or the reverse (RFC 9112 section 2.2).
  case badLineEnd
  /// The method is longer than any known one.
  case methodTooLong
  /// The target is longer than ``Limits/targetLength``.
  case targetTooLong
  /// The target has none of the forms that its method allows (RFC 9112 section 3.2).
  case badTarget
  /// The major version is not 1.
  case versionNotSupported
  /// The head is longer than ``Limits/headLength``, or so are the trailer fields.
  case headTooLong
  /// There are more fields than ``Limits/fieldCount``.
  case tooManyFields
  /// A field has no name, a bad name, a space before its colon, or a bad value.
  case badField
  /// A field is continued on a second line, which RFC 9112 section 5.2 abolished.
  case foldedField
  /// No Host in HTTP/1.1, more than one, or one that is no host (RFC 9112 section 3.2).
  case badHost
  /// A Content-Length that is no number, or more than one of them.
  case badContentLength
  /// Both Content-Length and Transfer-Encoding: the mark of request smuggling.
  case ambiguousLength
  /// A Transfer-Encoding that does not end in chunked, is repeated, or stands in HTTP/1.0.
  case badTransferEncoding
  /// A transfer coding before chunked.
  case codingNotImplemented
  /// The body is longer than ``Limits/bodyLength``.
  case bodyTooLong
  /// A chunk's size, extension or end is malformed.
  case badChunk
  /// An expectation other than 100-continue.
  case expectationFailed

  /// What to answer.
  public var status: Status {
    switch self {
    case .methodTooLong, .codingNotImplemented: .notImplemented
    case .targetTooLong: .uriTooLong
    case .versionNotSupported: .versionNotSupported
    case .headTooLong, .tooManyFields: .fieldsTooLarge
    case .bodyTooLong: .contentTooLarge
    case .expectationFailed: .expectationFailed
    default: .badRequest
    }
  }
}
