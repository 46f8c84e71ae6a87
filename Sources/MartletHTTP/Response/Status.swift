/// A status code (RFC 9110 section 15).
public struct Status: RawRepresentable, Equatable, Sendable {
  /// The code, 100 to 599.
  public let rawValue: UInt16

  /// Takes a code as it is.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// 200: here it is.
  public static var ok: Self { Self(rawValue: 200) }
  /// 204: done, nothing to say.
  public static var noContent: Self { Self(rawValue: 204) }
  /// 303: see another page, by GET.
  public static var seeOther: Self { Self(rawValue: 303) }
  /// 400: not a request.
  public static var badRequest: Self { Self(rawValue: 400) }
  /// 403: understood and refused.
  public static var forbidden: Self { Self(rawValue: 403) }
  /// 404: nothing here.
  public static var notFound: Self { Self(rawValue: 404) }
  /// 405: not by this method.
  public static var methodNotAllowed: Self { Self(rawValue: 405) }
  /// 408: the request took too long; for the caller, who has the clock.
  public static var requestTimeout: Self { Self(rawValue: 408) }
  /// 409: the state is another than the request was meant for.
  public static var conflict: Self { Self(rawValue: 409) }
  /// 413: the body is too long.
  public static var contentTooLarge: Self { Self(rawValue: 413) }
  /// 414: the target is too long.
  public static var uriTooLong: Self { Self(rawValue: 414) }
  /// 415: not in this format.
  public static var unsupportedMediaType: Self { Self(rawValue: 415) }
  /// 417: an expectation that is not 100-continue.
  public static var expectationFailed: Self { Self(rawValue: 417) }
  /// 421: not this server's name; the answer to DNS rebinding.
  public static var misdirectedRequest: Self { Self(rawValue: 421) }
  /// 431: the fields are too long or too many.
  public static var fieldsTooLarge: Self { Self(rawValue: 431) }
  /// 500: the server's own fault.
  public static var internalServerError: Self { Self(rawValue: 500) }
  /// 501: a method or coding that is not there.
  public static var notImplemented: Self { Self(rawValue: 501) }
  /// 503: not now.
  public static var serviceUnavailable: Self { Self(rawValue: 503) }
  /// 505: not HTTP/1.
  public static var versionNotSupported: Self { Self(rawValue: 505) }

  /// The phrase that goes with the code; empty for a code that is not named here.
  public var reason: Literal {
    switch rawValue {
    case 200: "OK"
    case 204: "No Content"
    case 303: "See Other"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }
}
