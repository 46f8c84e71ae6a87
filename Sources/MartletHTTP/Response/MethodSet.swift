/// Some of the methods that a server knows.
public struct MethodSet: OptionSet, Sendable {
  /// One bit a method.
  public let rawValue: UInt8

  /// Takes the bits as they are.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The set of one method; empty for ``Method/other``.
  public init(_ method: Method) {
    self.init(rawValue: method == .other ? 0 : 1 << method.rawValue)
  }

  /// Reading, with the HEAD that always goes with it.
  public static var get: Self { [Self(Method.get), Self(Method.head)] }
  /// Sending.
  public static var post: Self { Self(Method.post) }
  /// Putting in place.
  public static var put: Self { Self(Method.put) }
  /// Taking away.
  public static var delete: Self { Self(Method.delete) }

  static var names: [(Self, Literal)] {
    [
      (Self(Method.get), "GET"), (Self(Method.head), "HEAD"), (post, "POST"), (put, "PUT"),
      (delete, "DELETE"), (Self(Method.options), "OPTIONS"),
    ]
  }
}
