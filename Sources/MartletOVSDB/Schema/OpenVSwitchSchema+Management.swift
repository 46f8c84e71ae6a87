extension DatabaseSchema {
  /// The tables of who may drive the switch.
  static var managementTables: [TableSchema] {
    [
      TableSchema(
        "Controller",
        columns: [
          ColumnSchema("type", .choice("primary", "service")),
          ColumnSchema("target", .scalar(.string)),
          ColumnSchema("max_backoff", .optional(.integer, .integers(1000, nil))),
          ColumnSchema("inactivity_probe", .optional(.integer)),
          ColumnSchema("connection_mode", .choice("in-band", "out-of-band")),
          ColumnSchema("local_ip", .optional(.string)),
          ColumnSchema("local_netmask", .optional(.string)),
          ColumnSchema("local_gateway", .optional(.string)),
          ColumnSchema("enable_async_messages", .optional(.boolean)),
          ColumnSchema("controller_queue_size", .optional(.integer, .integers(1, 512))),
          ColumnSchema("controller_rate_limit", .optional(.integer, .integers(100, nil))),
          ColumnSchema("controller_burst_limit", .optional(.integer, .integers(25, nil))),
          ColumnSchema("other_config", .strings),
          ColumnSchema("external_ids", .strings),
          ColumnSchema("is_connected", .scalar(.boolean), isEphemeral: true),
          ColumnSchema("role", .choice("other", "master", "slave"), isEphemeral: true),
          ColumnSchema("status", .strings, isEphemeral: true),
        ]),
      TableSchema(
        "Manager",
        columns: [
          ColumnSchema("target", .scalar(.string)),
          ColumnSchema("max_backoff", .optional(.integer, .integers(1000, nil))),
          ColumnSchema("inactivity_probe", .optional(.integer)),
          ColumnSchema("connection_mode", .choice("in-band", "out-of-band")),
          ColumnSchema("other_config", .strings),
          ColumnSchema("external_ids", .strings),
          ColumnSchema("is_connected", .scalar(.boolean), isEphemeral: true),
          ColumnSchema("status", .strings, isEphemeral: true),
        ], indexes: [["target"]]),
      TableSchema(
        "SSL",
        columns: [
          ColumnSchema("private_key", .scalar(.string)),
          ColumnSchema("certificate", .scalar(.string)),
          ColumnSchema("ca_cert", .scalar(.string)),
          ColumnSchema("bootstrap_ca_cert", .scalar(.boolean)),
          ColumnSchema("external_ids", .strings),
        ], maximumRows: 1),
    ]
  }
}
