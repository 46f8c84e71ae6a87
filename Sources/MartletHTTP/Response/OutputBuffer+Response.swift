extension OutputBuffer {
  /// Appends a response's status line and fields, without the empty line that ends them: further
  /// fields may follow, then ``endHead()``.
  public mutating func append(_ head: ResponseHead) {
    append("HTTP/1.1 ")
    append(decimal: UInt64(head.status.rawValue))
    append(.space)
    append(head.status.reason)
    append("\r\n")
    if head.contentType.count > 0 { append(field: "Content-Type", head.contentType) }
    switch head.framing {
    case .length(let length): append(field: "Content-Length", Int64(length))
    case .chunked: append(field: "Transfer-Encoding", "chunked")
    case .untilClose, .none: break
    }
    append(field: "Connection", head.keepsAlive ? "keep-alive" : "close")
  }

  /// Appends a field.
  public mutating func append(field name: Literal, _ value: Literal) {
    append(name)
    append(": ")
    append(value)
    append("\r\n")
  }

  /// Appends a field whose value is a number.
  public mutating func append(field name: Literal, _ value: Int64) {
    append(name)
    append(": ")
    append(decimal: value)
    append("\r\n")
  }

  /// Appends a field whose value came from outside. Gives false, and appends nothing, when the
  /// value has a byte that a field may not have, such as a line end.
  public mutating func append(field name: Literal, _ value: ByteText) -> Bool {
    for index in 0..<value.count where !value[index].isFieldCharacter { return false }
    append(name)
    append(": ")
    append(value)
    append("\r\n")
    return true
  }

  /// Ends the head. The body follows.
  public mutating func endHead() { append("\r\n") }

  /// Appends the answer to a client that waits before it sends its body (RFC 9110 section 15.2.1).
  public mutating func appendContinue() { append("HTTP/1.1 100 Continue\r\n\r\n") }

  /// Appends a whole page whose body is text of the program. Only the head when the request was a
  /// HEAD (RFC 9110 section 9.3.2).
  public mutating func appendPage(
    _ status: Status = .ok, contentType: Literal, body: Literal, keepsAlive: Bool,
    isHead: Bool = false
  ) {
    append(
      ResponseHead(
        status, contentType: contentType, framing: .length(body.count), keepsAlive: keepsAlive))
    endHead()
    if !isHead { append(body) }
  }

  /// Appends a whole page that says what is wrong. `allow` lists the methods for a 405.
  public mutating func appendErrorPage(
    _ status: Status, allow: MethodSet = [], keepsAlive: Bool, isHead: Bool = false
  ) {
    let length = 3 + 1 + status.reason.count + 1
    append(
      ResponseHead(
        status, contentType: "text/plain; charset=utf-8", framing: .length(length),
        keepsAlive: keepsAlive))
    if status == .methodNotAllowed { append(allow) }
    endHead()
    guard !isHead else { return }
    append(decimal: UInt64(status.rawValue))
    append(.space)
    append(status.reason)
    append("\n")
  }

  private mutating func append(_ allow: MethodSet) {
    append("Allow: ")
    var isFirst = true
    for (method, name) in MethodSet.names where allow.contains(method) {
      if !isFirst { append(", ") }
      append(name)
      isFirst = false
    }
    append("\r\n")
  }
}
