public import MartletHTTP

/// What a site answers to a request.
public enum WebAnswer: Sendable {
  /// A page of that media type. With a length the body must have just that many bytes; without one
  /// it is sent in chunks. `fields` are further header lines, each with its line end.
  case page(WebBody, contentType: Literal, length: Int?, fields: Literal)
  /// Another status, with its words.
  case refused(Status)
  /// 404.
  case notFound
  /// 405, and the methods that the path has.
  case methodNotAllowed(MethodSet)
  /// 501.
  case notImplemented
}
