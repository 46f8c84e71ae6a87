import MartletSwitch

extension FlowStatus {
  /// The flow as JSON.
  var json: JSON {
    .object([
      ("table", .number(Int(table))), ("priority", .number(Int(priority))),
      ("cookie", .hexadecimal(cookie)), ("match", .string(match)),
      ("actions", .string(actions)), ("packets", .number(packets)), ("bytes", .number(bytes)),
      ("ageMilliseconds", .number(age)), ("idleTimeout", .number(Int(idleTimeout))),
      ("hardTimeout", .number(Int(hardTimeout))),
    ])
  }
}

extension TraceReport {
  /// The road as JSON.
  var json: JSON {
    .object([
      (
        "steps",
        .array(
          steps.map { step in
            .object([
              ("kind", .string(step.kind.rawValue)), ("depth", .number(step.depth)),
              ("text", .string(step.text)),
            ])
          })
      ),
      ("outputs", .array(outputs.map { .string($0) })), ("lookedAt", .string(lookedAt)),
    ])
  }
}

extension TrackedConnection {
  /// The connection as JSON.
  var json: JSON {
    .object([
      ("protocol", .string(protocolName)), ("zone", .number(Int(zone))),
      ("state", state.map { .string($0) } ?? .null), ("mark", .number(Int(mark))),
      ("label", .hexadecimal(label)),
      ("answered", .boolean(isAnswered)),
      ("assured", .boolean(isAssured)), ("timeout", .number(timeout)),
      ("original", original.json), ("reply", reply.json),
    ])
  }
}

extension TrackedConnection.Direction {
  fileprivate var json: JSON {
    .object([
      ("source", .string(source)), ("destination", .string(destination)),
      ("sourcePort", .number(Int(sourcePort))), ("destinationPort", .number(Int(destinationPort))),
      ("icmpType", .number(Int(icmpType))), ("packets", .number(packets)),
      ("bytes", .number(bytes)),
    ])
  }
}
