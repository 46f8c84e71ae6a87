internal import Glibc

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call's name.
  public var call: String
  /// The value of `errno`.
  public var code: Int32

  /// Names the call and its `errno`.
  public init(_ call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  /// The call and the kernel's words for the error.
  public var description: String { "\(call): \(Self.text(of: code))" }

  /// The kernel's words for an `errno`.
  public static func text(of code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
