extension DatabaseSchema {
  /// What Open vSwitch 3.1 calls its configuration: every table and column, so that its tools work
  /// unchanged. What Martlet does not do is stored, and has no effect.
  ///
  /// The checksum is that of Open vSwitch's own file, for tools that ask by it whether a conversion
  /// is due.
  public static let openVSwitch = DatabaseSchema(
    name: "Open_vSwitch", version: "8.3.1", checksum: "3012963480 26720",
    tables: forwardingTables + shapingTables + managementTables)
}
