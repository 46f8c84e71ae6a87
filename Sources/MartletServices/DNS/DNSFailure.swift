/// Why a name has no address.
public enum DNSFailure: Error, Equatable, Sendable, BitwiseCopyable {
  /// The name does not exist.
  case noSuchName
  /// The name exists and has no IPv4 address.
  case noAddress
  /// No name server is known.
  case noServers
  /// No name server answered.
  case noAnswer
  /// The name servers answered that they could not, or would not, find out.
  case serverFailed
  /// The name leads from alias to alias, more than eight times.
  case tooManyAliases
  /// As many names are being looked for as may be at once.
  case tooManyQueries
}
