/// What a request asks for (RFC 9110 section 9.3).
public enum Method: UInt8, Sendable {
  case get, head, post, put, delete, options
  /// A method that this server does not know: answer 501.
  case other

  init(_ text: ByteText) {
    self =
      if text.equals("GET") {
        .get
      } else if text.equals("HEAD") {
        .head
      } else if text.equals("POST") {
        .post
      } else if text.equals("PUT") {
        .put
      } else if text.equals("DELETE") {
        .delete
      } else if text.equals("OPTIONS") {
        .options
      } else {
        .other
      }
  }
}
