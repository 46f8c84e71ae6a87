internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// What is answered.
extension DNSServer {
  /// What is to be done with a question.
  private enum Verdict {
    case address(IPv4Address)
    case name([UInt8])
    case empty(DNSResponseCode)
    case forward
  }

  /// Answers a message, holds it for the owner, or drops it.
  mutating func answer(
    _ message: [UInt8], of client: DNSServerClient, at address: IPv4Address,
    on stack: inout Stack, now: Instant
  ) {
    guard message.count >= DNSHeader.length, let reader = try? DNSReader(message.rawBytes),
      !reader.header.isResponse
    else {
      counters.malformed &+= 1
      return
    }
    // Answers are for the inside alone: an address inside may be reached from elsewhere, too.
    let verdict = options.server.contains(address) ? verdict(on: message) : .empty(.refused)
    let length: Int
    switch verdict {
    case .forward where !options.forwards || !reader.header.recursionDesired:
      counters.refused &+= 1
      length = buildEmpty(answering: message, .refused)
    case .forward:
      if hold(message, of: client, at: address, now: now) { return }
      counters.crowded &+= 1
      length = buildEmpty(answering: message, .serverFailure)
    case .empty(let code):
      switch code {
      case .formatError: counters.malformed &+= 1
      case .refused, .notImplemented: counters.refused &+= 1
      default: counters.answered &+= 1
      }
      length = buildEmpty(answering: message, code)
    case .address, .name:
      counters.answered &+= 1
      length = build(verdict, answering: message)
    }
    guard length > 0 else { return }
    sendAnswer(length, to: client, asking: message, on: &stack, now: now)
  }

  private func verdict(on message: [UInt8]) -> Verdict {
    guard var reader = try? DNSReader(message.rawBytes) else { return .empty(.formatError) }
    guard reader.header.operation == 0 else { return .empty(.notImplemented) }
    // RFC 9619: a query has one question.
    guard message[4] == 0, message[5] == 1, let question = try? reader.nextQuestion() else {
      return .empty(.formatError)
    }
    guard question.recordClass == .internet || question.recordClass == .any else {
      return .empty(.refused)
    }
    var labels: [[UInt8]] = []
    var iterator = question.name.labels
    while let label = iterator.next() {
      var bytes: [UInt8] = []
      for index in 0..<label.byteCount {
        let byte: UInt8 = label.load(at: index)
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        bytes.append(isUpper ? byte | 0x20 : byte)
      }
      labels.append(bytes)
    }
    if let address = Self.reverseAddress(labels), options.server.contains(address) {
      return reverse(address, question.type)
    }
    let domain = options.domain.map { $0.ascii.split(separator: UInt8(ascii: ".")) } ?? []
    let isInDomain =
      !domain.isEmpty && labels.count >= domain.count
      && zip(labels.suffix(domain.count), domain).allSatisfy { $0 == Array($1) }
    if isInDomain { return own(Array(labels.dropLast(domain.count)), question.type) }
    switch question.type {
    // Of a name of one label only a host's address is meant: nobody outside knows the hosts here.
    case .a, .aaaa, .any: return labels.count == 1 ? own(labels, question.type) : .forward
    default: return .forward
    }
  }

  /// What is known of a name, its labels without the domain.
  private func own(_ labels: [[UInt8]], _ type: DNSRecordType) -> Verdict {
    // The domain itself is there, but nothing is said of it.
    if labels.isEmpty { return .empty(.noError) }
    guard labels.count == 1, let address = address(of: labels[0]) else { return .empty(.nameError) }
    return type == .a || type == .any ? .address(address) : .empty(.noError)
  }

  private func address(of label: [UInt8]) -> IPv4Address? {
    if let name = names.first(where: { $0.label == label }) { return name.address }
    // RFC 6761, section 6.3.
    return label == Array("localhost".utf8) ? .loopback : nil
  }

  private func reverse(_ address: IPv4Address, _ type: DNSRecordType) -> Verdict {
    guard let name = names.first(where: { $0.address == address }) else {
      return .empty(.nameError)
    }
    guard type == .ptr || type == .any else { return .empty(.noError) }
    return .name(name.label)
  }

  /// The address that `4.3.2.1.in-addr.arpa` means (RFC 1035, section 3.5).
  private static func reverseAddress(_ labels: [[UInt8]]) -> IPv4Address? {
    guard labels.count == 6, labels[4] == Array("in-addr".utf8), labels[5] == Array("arpa".utf8)
    else { return nil }
    var value: UInt32 = 0
    for label in labels[0..<4].reversed() {
      guard (1...3).contains(label.count) else { return nil }
      var number: UInt32 = 0
      for byte in label {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
      }
      guard number <= 255 else { return nil }
      value = value << 8 | number
    }
    return IPv4Address(rawValue: value)
  }

  // MARK: Messages

  /// Builds an answer with a record at 2 in the buffer, and returns its length.
  private mutating func build(_ verdict: Verdict, answering message: [UInt8]) -> Int {
    guard var reader = try? DNSReader(message.rawBytes) else { return 0 }
    var header = reader.header.response()
    header.isAuthoritative = true
    header.recursionAvailable = options.forwards
    let seconds = UInt32(clamping: options.timeToLive.microseconds / 1_000_000)
    var text: [UInt8] = []
    if case .name(let label) = verdict {
      text = label
      if let domain = options.domain { text += [UInt8(ascii: ".")] + domain.ascii }
    }
    var bytes = answerBuffer.mutableBytes
    var part = bytes._mutatingExtracting(2..<514)
    do throws(WireError) {
      guard let question = try reader.nextQuestion() else { return 0 }
      var asked = ByteBuffer(count: 256)
      var span = asked.mutableBytes
      let length = try question.name.writeText(into: &span)
      var builder = try DNSBuilder(header, into: &part)
      try builder.appendQuestion(question)
      let name = asked.bytes.extracting(0..<length)
      switch verdict {
      case .address(let address):
        try builder.append(name: name, timeToLive: seconds, address: address)
      case .name:
        try builder.append(
          name: name, type: .ptr, timeToLive: seconds, target: text.rawBytes)
      case .empty, .forward: break
      }
      return builder.length
    } catch {
      return 0
    }
  }

  /// Builds an answer without records at 2 in the buffer, and returns its length. The question stands
  /// in it if it can be read.
  mutating func buildEmpty(
    answering message: [UInt8], _ code: DNSResponseCode, isTruncated: Bool = false
  ) -> Int {
    guard var reader = try? DNSReader(message.rawBytes) else { return 0 }
    var header = reader.header.response(code)
    header.recursionAvailable = options.forwards
    header.isTruncated = isTruncated
    if code == .nameError { header.isAuthoritative = true }
    var bytes = answerBuffer.mutableBytes
    var part = bytes._mutatingExtracting(2..<514)
    do throws(WireError) {
      var builder = try DNSBuilder(header, into: &part)
      if let question = try? reader.nextQuestion() { try builder.appendQuestion(question) }
      return builder.length
    } catch {
      return 0
    }
  }
}
