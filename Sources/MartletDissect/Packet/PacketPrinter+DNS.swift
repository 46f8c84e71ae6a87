internal import MartletWire

extension PacketPrinter {
  /// The records of a message that are told; the others are counted.
  private static var recordLimit: Int { 16 }

  mutating func dns(_ bytes: RawSpan) {
    do throws(WireError) {
      var reader = try DNSReader(bytes)
      write("DNS \(reader.header.identifier)")
      let header = reader.header
      let counts = [6, 8, 10].map { String(bytes.load(UInt16.self, at: $0)) }
      if header.isResponse {
        if header.operation != 0 { write(" op\(header.operation)") }
        if header.responseCode != .noError { write(" \(name(of: header.responseCode))") }
        if header.isAuthoritative { write("*") }
        if !header.recursionAvailable { write("-") }
        if header.isTruncated { write("|") }
        try questions(&reader)
        write(" \(counts.joined(separator: "/"))")
      } else {
        if header.operation != 0 { write(" op\(header.operation)") }
        if header.recursionDesired { write("+") }
        try questions(&reader)
      }
      try records(&reader, isResponse: header.isResponse)
      write(" (\(bytes.byteCount))")
    } catch {
      write(" ")
      damaged("DNS", error)
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func questions(_ reader: inout DNSReader) throws(WireError) {
    var told = 0
    while let question = try reader.nextQuestion() {
      told += 1
      guard told <= Self.recordLimit else { continue }
      write(" \(name(of: question.type))? \(text(of: question.name))")
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func records(
    _ reader: inout DNSReader, isResponse: Bool
  ) throws(WireError) {
    var told = 0
    while let record = try reader.nextRecord() {
      // EDNS is no answer, and a query has nothing else.
      guard record.type != .opt, isResponse || record.section == .answer else { continue }
      told += 1
      guard told <= Self.recordLimit else { continue }
      write(told == 1 ? " " : ", ")
      write(try text(of: record))
    }
    if told > Self.recordLimit { write(", \(told - Self.recordLimit) more") }
  }

  private func text(of record: borrowing DNSRecord) throws(WireError) -> String {
    let kind = name(of: record.type)
    switch record.type {
    case .a: return "\(kind) \(record.address?.description ?? hexadecimal(record.data))"
    case .cname, .ns, .ptr: return "\(kind) \(text(of: try record.target()))"
    case .srv:
      guard let service = record.service else { return "\(kind) \(hexadecimal(record.data))" }
      let target = text(of: try record.target())
      return "\(kind) \(target):\(service.port) \(service.priority) \(service.weight)"
    case .txt:
      var strings = record.strings
      var texts: [String] = []
      while let string = strings.next() {
        texts.append("\"\(escaped(string, keepsBlanks: true))\"")
      }
      return "\(kind) \(texts.joined(separator: " "))"
    default: return "\(kind) \(hexadecimal(record.data))"
    }
  }

  private func text(of name: borrowing DNSName) -> String { MartletDissect.text(of: name) }

  private func name(of type: DNSRecordType) -> String {
    switch type {
    case .a: "A"
    case .ns: "NS"
    case .cname: "CNAME"
    case .soa: "SOA"
    case .ptr: "PTR"
    case .mx: "MX"
    case .txt: "TXT"
    case .aaaa: "AAAA"
    case .srv: "SRV"
    case .opt: "OPT"
    case .any: "ANY"
    default: "Type\(type.rawValue)"
    }
  }

  private func name(of code: DNSResponseCode) -> String {
    switch code {
    case .formatError: "FormErr"
    case .serverFailure: "ServFail"
    case .nameError: "NXDomain"
    case .notImplemented: "NotImp"
    case .refused: "Refused"
    default: "rcode \(code.rawValue)"
    }
  }
}
