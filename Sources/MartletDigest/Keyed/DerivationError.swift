/// Why a key was not derived.
public enum DerivationError: Error, Equatable, Sendable {
  /// More bytes were asked for than the function gives: the number asked for.
  case outputTooLong(Int)
  /// The number of rounds is not positive.
  case badRounds(Int)
}
