/// One question of a DNS message, seen in place.
public struct DNSQuestion: ~Escapable {
  /// The name asked about.
  public let name: DNSName
  /// What is asked for.
  public let type: DNSRecordType
  /// Its class.
  public let recordClass: DNSClass

  @_lifetime(copy name)
  init(name: consuming DNSName, type: DNSRecordType, recordClass: DNSClass) {
    self.name = name
    self.type = type
    self.recordClass = recordClass
  }
}
