extension DatabaseSchema {
  /// The tables of queues, samples and connection tracking.
  static var shapingTables: [TableSchema] {
    [
      TableSchema(
        "QoS",
        columns: [
          ColumnSchema("type", .scalar(.string)),
          ColumnSchema(
            "queues",
            .map(
              BaseType(.integer, .integers(0, 4_294_967_295)),
              BaseType(.uuid, .reference(table: "Queue", isWeak: false)))),
          ColumnSchema("other_config", .strings),
          ColumnSchema("external_ids", .strings),
        ], isRoot: true),
      TableSchema(
        "Queue",
        columns: [
          ColumnSchema("dscp", .optional(.integer, .integers(0, 63))),
          ColumnSchema("other_config", .strings),
          ColumnSchema("external_ids", .strings),
        ], isRoot: true),
      TableSchema(
        "NetFlow",
        columns: [
          ColumnSchema("targets", .set(.string, least: 1)),
          ColumnSchema("engine_type", .optional(.integer, .integers(0, 255))),
          ColumnSchema("engine_id", .optional(.integer, .integers(0, 255))),
          ColumnSchema("add_id_to_interface", .scalar(.boolean)),
          ColumnSchema("active_timeout", .scalar(.integer, .integers(-1, nil))),
          ColumnSchema("external_ids", .strings),
        ]),
      TableSchema(
        "sFlow",
        columns: [
          ColumnSchema("targets", .set(.string, least: 1)),
          ColumnSchema("sampling", .optional(.integer)),
          ColumnSchema("polling", .optional(.integer)),
          ColumnSchema("header", .optional(.integer)),
          ColumnSchema("agent", .optional(.string)),
          ColumnSchema("external_ids", .strings),
        ]),
      TableSchema(
        "IPFIX",
        columns: [
          ColumnSchema("targets", .set(.string)),
          ColumnSchema("sampling", .optional(.integer, .integers(1, 4_294_967_295))),
          ColumnSchema("obs_domain_id", .optional(.integer, .integers(0, 4_294_967_295))),
          ColumnSchema("obs_point_id", .optional(.integer, .integers(0, 4_294_967_295))),
          ColumnSchema("cache_active_timeout", .optional(.integer, .integers(0, 4200))),
          ColumnSchema("cache_max_flows", .optional(.integer, .integers(0, 4_294_967_295))),
          ColumnSchema("other_config", .strings),
          ColumnSchema("external_ids", .strings),
        ]),
      TableSchema(
        "Flow_Sample_Collector_Set",
        columns: [
          ColumnSchema("id", .scalar(.integer, .integers(0, 4_294_967_295))),
          ColumnSchema("bridge", .scalar(.uuid, .reference(table: "Bridge", isWeak: false))),
          ColumnSchema("ipfix", .row("IPFIX")),
          ColumnSchema("external_ids", .strings),
        ], isRoot: true, indexes: [["id", "bridge"]]),
      TableSchema(
        "Datapath",
        columns: [
          ColumnSchema("datapath_version", .scalar(.string)),
          ColumnSchema(
            "ct_zones",
            .map(
              BaseType(.integer, .integers(0, 65_535)),
              BaseType(.uuid, .reference(table: "CT_Zone", isWeak: false)))),
          ColumnSchema("capabilities", .strings),
          ColumnSchema("external_ids", .strings),
        ]),
      TableSchema(
        "CT_Zone",
        columns: [
          ColumnSchema("timeout_policy", .row("CT_Timeout_Policy")),
          ColumnSchema("external_ids", .strings),
        ]),
      TableSchema(
        "CT_Timeout_Policy",
        columns: [
          ColumnSchema(
            "timeouts",
            .map(
              BaseType(
                .string,
                .oneOf([
                  .string("tcp_syn_sent"), .string("tcp_syn_recv"), .string("tcp_established"),
                  .string("tcp_fin_wait"), .string("tcp_close_wait"), .string("tcp_last_ack"),
                  .string("tcp_time_wait"), .string("tcp_close"), .string("tcp_syn_sent2"),
                  .string("tcp_retransmit"), .string("tcp_unack"), .string("udp_first"),
                  .string("udp_single"), .string("udp_multiple"), .string("icmp_first"),
                  .string("icmp_reply"),
                ])), BaseType(.integer, .integers(0, 4_294_967_295)))),
          ColumnSchema("external_ids", .strings),
        ]),
      TableSchema(
        "AutoAttach",
        columns: [
          ColumnSchema("system_name", .scalar(.string)),
          ColumnSchema("system_description", .scalar(.string)),
          ColumnSchema(
            "mappings",
            .map(
              BaseType(.integer, .integers(0, 16_777_215)), BaseType(.integer, .integers(0, 4095)))),
        ]),
    ]
  }
}
