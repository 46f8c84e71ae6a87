public import MartletHTTP

/// Why an object was not taken as a command to a light.
public enum LightCommandError: Error, Equatable, Sendable {
  /// It is not JSON.
  case notJSON(JSONError)
  /// It is not an object, or a key has a value of the wrong type or out of range.
  case badValue
  /// It was meant for an older state: another hand was faster.
  case outdated
}
