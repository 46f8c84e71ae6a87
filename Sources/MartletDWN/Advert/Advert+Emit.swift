public import MartletHTTP

extension Advert {
  /// Appends the advert, ``DWN/advertLength`` bytes at most. What is as it would be taken to be
  /// without the key is left out; a plain node says its name and its id.
  public func emit(into output: inout OutputBuffer) {
    var json = JSONWriter()
    json.beginObject(in: &output)
    write(.name, name, &json, &output)
    write(.id, id, &json, &output)
    if version > 0 { write(.version, Int64(version), &json, &output) }
    if firmware.count > 0 { write(.firmware, firmware, &json, &output) }
    if let boots { write(.boots, Int64(boots), &json, &output) }
    if let uptime { write(.uptime, Int64(uptime), &json, &output) }
    if port != DWN.port { write(.port, Int64(port), &json, &output) }
    if let webPort { write(.webPort, Int64(webPort), &json, &output) }
    writeCapabilities(&json, &output)
    writeAuthentication(&json, &output)
    if isLeaving { write(.leaving, 1, &json, &output) }
    json.endObject(in: &output)
  }

  private func write(
    _ key: AdvertKey, _ number: Int64, _ json: inout JSONWriter, _ output: inout OutputBuffer
  ) {
    json.key(key.word, in: &output)
    json.number(number, in: &output)
  }

  private func write(
    _ key: AdvertKey, _ text: ShortText, _ json: inout JSONWriter, _ output: inout OutputBuffer
  ) {
    json.key(key.word, in: &output)
    json.string(text.bytes, in: &output)
  }

  private func writeCapabilities(_ json: inout JSONWriter, _ output: inout OutputBuffer) {
    guard !capabilities.isEmpty else { return }
    json.key(AdvertKey.capabilities.word, in: &output)
    json.beginArray(in: &output)
    for bit in 0..<NodeCapabilities.wordCount
    where capabilities.contains(NodeCapabilities(rawValue: 1 << UInt16(bit))) {
      json.string(NodeCapabilities.word(bit), in: &output)
    }
    json.endArray(in: &output)
  }

  private func writeAuthentication(_ json: inout JSONWriter, _ output: inout OutputBuffer) {
    guard authentication != .none else { return }
    json.key(AdvertKey.authentication.word, in: &output)
    json.string(authentication == .optional ? "optional" : "required", in: &output)
  }
}
