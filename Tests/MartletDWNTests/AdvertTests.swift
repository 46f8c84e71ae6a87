import MartletDWN
import MartletHTTP
import Testing

@Suite struct AdvertTests {
  static func parse(_ text: String) throws(AdvertError) -> Advert {
    try parse(Array(text.utf8))
  }

  static func parse(_ bytes: [UInt8]) throws(AdvertError) -> Advert {
    try Advert(parsing: ByteText(unsafe bytes.span.bytes))
  }

  static func text(_ advert: Advert) -> String {
    var output = OutputBuffer(capacity: DWN.advertLength)
    advert.emit(into: &output)
    return output.hasOverflowed ? "too long" : output.string
  }

  static var full: Advert {
    var advert = Advert(name: "IRRIGATION_CONTROLLER", id: "5ccf7f0a1b2c")
    advert.firmware = "1.2.0"
    advert.boots = 7
    advert.uptime = 3600
    advert.port = 2420
    advert.webPort = 80
    advert.capabilities = [.duration, .query, .keepAlive, .authentication]
    advert.authentication = .required
    advert.isLeaving = true
    return advert
  }

  static let fullText =
    #"{"name":"IRRIGATION_CONTROLLER","id":"5ccf7f0a1b2c","v":1,"fw":"1.2.0","boot":7,"#
    + #""up":3600,"port":2420,"hp":80,"cap":["dur","query","ka","hmac"],"auth":"required","bye":1}"#

  @Test func plainAdvertIsRead() throws {
    let advert = try Self.parse(#"{ "id" : "1", "name" : "ESP8266 ALARM PGM" }"#)
    var expected = Advert(name: "ESP8266 ALARM PGM", id: "1")
    expected.version = 0
    #expect(advert == expected)
    #expect(advert.port == 242 && advert.authentication == .none)
  }

  @Test func everyKeyIsWrittenAndRead() throws {
    #expect(Self.text(Self.full) == Self.fullText)
    #expect(try Self.parse(Self.fullText) == Self.full)
  }

  @Test func whatIsAsUsualIsNotWritten() {
    var advert = Advert(name: "n", id: "i")
    #expect(Self.text(advert) == #"{"name":"n","id":"i","v":1}"#)
    advert.version = 0
    #expect(Self.text(advert) == #"{"name":"n","id":"i"}"#)
  }

  @Test func unknownKeysAndWordsArePassedOver() throws {
    let advert = try Self.parse(
      #"{"x":[{"name":1}],"name":"n","id":"i","v":2,"cap":["later","ka"],"y":null}"#)
    #expect(advert.version == 2)
    #expect(advert.capabilities == .keepAlive)
  }

  @Test func escapesInANameAreWhatTheyStandFor() throws {
    #expect(try Self.parse(#"{"name":"a\"\u00e9","id":"i"}"#).name == "a\"é")
  }

  @Test func shortTextHoldsWhatItIsGiven() throws {
    for length in 0...64 {
      let bytes = (0..<length).map { UInt8($0 + 32) }
      let text = try #require(ShortText(bytes))
      #expect(text.count == length && text.array == bytes)
      #expect(unsafe ShortText(ByteText(bytes.span.bytes)) == text)
    }
    #expect(ShortText([UInt8](repeating: 65, count: 65)) == nil)
  }

  static let refused: [(String, AdvertError)] = [
    ("", .notJSON(.truncated(0))), ("[]", .notAnObject), ("1", .notAnObject),
    ("{}", .missing(.name)), (#"{"name":"n"}"#, .missing(.id)), (#"{"id":"i"}"#, .missing(.name)),
    (#"{"name":"","id":"i"}"#, .badValue(.name)), (#"{"name":1,"id":"i"}"#, .badValue(.name)),
    (#"{"name":"n","id":""}"#, .badValue(.id)), (#"{"name":"n","id":"a/b"}"#, .badValue(.id)),
    (#"{"name":"n","id":7}"#, .badValue(.id)),
    (#"{"name":"n","id":"\#(String(repeating: "x", count: 33))"}"#, .badValue(.id)),
    (#"{"name":"\#(String(repeating: "x", count: 65))","id":"i"}"#, .badValue(.name)),
    (#"{"name":"n","id":"i","id":"j"}"#, .repeated(.id)),
    (#"{"name":"n","id":"i","port":0}"#, .badValue(.port)),
    (#"{"name":"n","id":"i","port":65536}"#, .badValue(.port)),
    (#"{"name":"n","id":"i","port":2.5}"#, .badValue(.port)),
    (#"{"name":"n","id":"i","v":0}"#, .badValue(.version)),
    (#"{"name":"n","id":"i","up":-1}"#, .badValue(.uptime)),
    (#"{"name":"n","id":"i","cap":"dur"}"#, .badValue(.capabilities)),
    (#"{"name":"n","id":"i","cap":[["dur"]]}"#, .badValue(.capabilities)),
    (#"{"name":"n","id":"i","auth":"maybe"}"#, .badValue(.authentication)),
    (#"{"name":"n","id":"i","bye":2}"#, .badValue(.leaving)),
    (#"{"name":"n","id":"i"}{}"#, .notJSON(.unexpected(21))),
    (#"{"name":"n","id":"i""#, .notJSON(.truncated(20))),
  ]

  @Test(arguments: refused) func badAdvertIsRefused(text: String, error: AdvertError) {
    #expect(throws: error) { try Self.parse(text) }
  }

  @Test func lengthHasALimit() throws {
    let advert = #"{"name":"n","id":"i","x":""#
    let fill = String(repeating: "x", count: 2000 - advert.utf8.count - 2)
    #expect(try Self.parse(advert + fill + "\"}").id == "i")
    #expect(throws: AdvertError.tooLong(2001)) { try Self.parse(advert + fill + "x\"}") }
  }

  @Test func everyPrefixIsRefused() {
    let bytes = Array(Self.fullText.utf8)
    for length in bytes.indices {
      #expect(throws: AdvertError.notJSON(.truncated(length))) {
        try Self.parse(Array(bytes[..<length]))
      }
    }
  }

  @Test func damagedAdvertsNeverTrapAndComeBackAsRead() throws {
    var chance = SplitMix(seed: 242)
    var readCount = 0
    for _ in 0..<20_000 {
      var bytes = Array(Self.fullText.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &chance) {
        let place = Int.random(in: bytes.indices, using: &chance)
        bytes[place] = UInt8.random(in: 0...255, using: &chance)
      }
      guard let advert = try? Self.parse(bytes) else { continue }
      readCount += 1
      #expect(advert.id.isIdentifier)
      guard advert.version > 0 else { continue }
      #expect(try Self.parse(Self.text(advert)) == advert)
    }
    #expect(readCount > 1000)
  }
}
