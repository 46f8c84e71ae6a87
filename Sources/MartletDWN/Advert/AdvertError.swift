public import MartletHTTP

/// Why a datagram was not taken as an advert.
public enum AdvertError: Error, Equatable, Sendable {
  /// It has so many bytes, more than ``DWN/maximumLength``.
  case tooLong(Int)
  /// It is not JSON.
  case notJSON(JSONError)
  /// It is JSON, but not an object.
  case notAnObject
  /// A key is missing without which nothing can be done.
  case missing(AdvertKey)
  /// A key stands there twice: two readers could see two nodes.
  case repeated(AdvertKey)
  /// A value has the wrong type, is too long or out of range.
  case badValue(AdvertKey)
}
