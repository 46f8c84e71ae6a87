import MartletHTTP
import Testing

@Suite struct JSONTests {
  /// The events of a text as words, or the error.
  func read(_ bytes: [UInt8], maximumDepth: Int = 8) -> String {
    var words: [String] = []
    var reader = JSONReader(ByteText(unsafe bytes.span.bytes), maximumDepth: maximumDepth)
    do throws(JSONError) {
      while let event = try reader.next() {
        switch event {
        case .objectStart: words.append("{")
        case .objectEnd: words.append("}")
        case .arrayStart: words.append("[")
        case .arrayEnd: words.append("]")
        case .boolean(let value): words.append("\(value)")
        case .null: words.append("null")
        case .number(let number): words.append("\(number.digits)e\(number.exponent)")
        case .key(let text):
          var buffer = OutputBuffer(capacity: 100)
          reader.append(text, to: &buffer)
          words.append(string(buffer) + ":")
        case .string(let text):
          var buffer = OutputBuffer(capacity: 100)
          reader.append(text, to: &buffer)
          words.append("'" + string(buffer) + "'")
        }
      }
    } catch {
      words.append("\(error)")
    }
    return words.joined(separator: " ")
  }

  static let texts: [(String, String)] = [
    ("{}", "{ }"), ("[]", "[ ]"), (" 12 ", "12e0"), ("-0", "0e0"), ("1.250", "1250e-3"),
    ("[1e2,2E-2,-3.5e+1]", "[ 1e2 2e-2 -35e0 ]"),
    (#"{"a":[true,false,null],"b":{"c":"d"}}"#, "{ a: [ true false null ] b: { c: 'd' } }"),
    (#""\u00e9\ud83d\ude00\n\/""#, "'é😀\n/'"), (#""é😀""#, "'é😀'"),
    ("", "truncated(0)"), ("[1", "[ 1e0 truncated(2)"), ("[1,", "[ 1e0 truncated(3)"),
    ("[1,]", "[ 1e0 unexpected(3)"), ("[,1]", "[ unexpected(1)"), ("[1 2]", "[ 1e0 unexpected(3)"),
    ("[1}", "[ 1e0 unexpected(2)"), (#"{"a" 1}"#, "{ unexpected(5)"), ("{1:2}", "{ unexpected(1)"),
    (#"{"a":1,}"#, "{ a: 1e0 unexpected(7)"), ("{}{}", "{ } unexpected(2)"),
    ("tru", "truncated(3)"),
    ("trux", "unexpected(3)"), ("01", "badNumber(0)"), ("1.", "truncated(2)"),
    ("1.x", "badNumber(0)"), ("-x", "badNumber(0)"), ("1e100", "badNumber(0)"),
    ("1234567890123456789", "badNumber(0)"), ("\"a\nb\"", "badString(2)"),
    (#""\x""#, "badString(1)"), (#""\ud800""#, "truncated(8)"),
    (#""\ud800abcdef""#, "badString(1)"),
    (#""\udc00""#, "badString(1)"), (#""\u12g4""#, "badString(5)"), ("[[[]]]", "[ [ tooDeep(2)"),
  ]

  @Test(arguments: texts)
  func aTextIsReadOrRefused(text: String, events: String) {
    let depth = text.hasPrefix("[[[") ? 2 : 8
    #expect(read(Array(text.utf8), maximumDepth: depth) == events)
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28],
    ] as [[UInt8]])
  func whatIsNotUTF8IsRefused(bytes: [UInt8]) {
    #expect(read([0x22] + bytes + [0x22]) == "badUTF8(1)")
  }

  @Test func everyPrefixOfAnObjectIsTruncated() {
    let bytes = Array(#"{"k\u00e9":[1,"é",{"x":true}],"n":null}"#.utf8)
    for length in bytes.indices {
      #expect(read(Array(bytes[..<length])).hasSuffix("truncated(\(length))"))
    }
  }

  @Test func randomBytesNeverTrap() {
    let text = Array(#"{"k\u00e9":[1.5e3,"é\ud83d\ude00",{"x":true}],"n":null}"#.utf8)
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      var bytes = text
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 40) % bytes.count] = UInt8(truncatingIfNeeded: state >> 33)
      }
      _ = read(bytes)
    }
  }

  @Test func aValueIsSkippedWithAllItHolds() throws {
    let bytes = Array(#"{"a":{"b":[1,2]},"c":3}"#.utf8)
    var reader = JSONReader(ByteText(unsafe bytes.span.bytes))
    var value: JSONReader.Event?
    while let event = try reader.next() {
      guard case .key(let key) = event else { continue }
      if reader.text(key, equals: "c") { value = try reader.next() } else { try reader.skipValue() }
    }
    guard case .number(let number)? = value else {
      Issue.record("no number")
      return
    }
    #expect(number.integer == 3)
    #expect(number.thousandths == 3_000)
  }

  @Test func whatIsWrittenIsJSON() {
    var buffer = OutputBuffer(capacity: 200)
    var json = JSONWriter()
    json.beginObject(in: &buffer)
    json.key("a\"b", in: &buffer)
    json.beginArray(in: &buffer)
    json.number(.min, in: &buffer)
    json.string("tab\t", in: &buffer)
    json.boolean(true, in: &buffer)
    json.null(in: &buffer)
    json.endArray(in: &buffer)
    json.key("c", in: &buffer)
    json.beginObject(in: &buffer)
    json.endObject(in: &buffer)
    json.endObject(in: &buffer)
    #expect(string(buffer) == #"{"a\"b":[-9223372036854775808,"tab\u0009",true,null],"c":{}}"#)
  }
}
