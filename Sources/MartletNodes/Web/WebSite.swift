public import MartletDevice
public import MartletHTTP
public import MartletStack

/// What a web server says: pages, without anything of how they are carried.
///
/// A site keeps nothing of a connection. What is left of an answer is a ``WebBody``, a few bytes
/// that the server keeps, and pieces of it are asked for when there is room to send them.
public protocol WebSite: ~Copyable {
  /// Finds what answers a request. Its head, with the fields that the answer adds, must fit in 512
  /// bytes.
  func answer(_ request: borrowing RequestHead) -> WebAnswer

  /// The most bytes that a request may bring for ``answer(_:content:now:)``; `nil` for a request
  /// whose content, if it has any, does not matter.
  func contentLimit(of request: borrowing RequestHead) -> Int?

  /// Does what a request that has brought its content asks for, and finds what answers it.
  func answer(
    _ request: borrowing RequestHead, content: ByteText, now: Instant
  ) -> WebAnswer

  /// Appends the next piece of a body, `limit` bytes at most, and returns what is left; `nil` when
  /// that was all. It must append something, or return `nil`; `limit` is 496 or more.
  func append(
    _ body: WebBody, to output: inout OutputBuffer, limit: Int, of stack: borrowing Stack,
    web: WebCounters, now: Instant
  ) -> WebBody?
}

extension WebSite where Self: ~Copyable {
  /// No request brings anything that matters.
  public func contentLimit(of request: borrowing RequestHead) -> Int? { nil }

  /// Not asked, for no request brings anything.
  public func answer(
    _ request: borrowing RequestHead, content: ByteText, now: Instant
  ) -> WebAnswer { answer(request) }
}
