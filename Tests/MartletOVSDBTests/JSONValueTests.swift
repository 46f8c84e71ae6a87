@testable import MartletOVSDB
import Testing

@Suite struct JSONValueTests {
  @Test(
    arguments: [
      ("9223372036854775807", JSONValue.integer(.max)),
      ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .real(9223372036854775808)),
      ("1.0", .integer(1)), ("1e3", .integer(1000)), ("0.5", .real(0.5)), ("-0", .integer(0)),
      ("\"\\u00e9\\n\\ud83d\\ude00\"", .string("\u{E9}\n\u{1F600}")),
      ("[ 1 , {\"a\":null} ]", .array([1, ["a": .null]])),
      ("{\"a\":1,\"b\":[true,false]}", ["b": [true, false], "a": 1] as JSONValue),
    ] as [(String, JSONValue)]) func isReadExactly(text: String, value: JSONValue) throws
  {
    #expect(try JSONValue(parsing: text) == value)
    #expect(try JSONValue(parsing: value.text) == value)
  }

  @Test(arguments: [
    "", "[", "{\"a\"", "01", "1.", "+1", "1e400", "\"\\u0000\"", "\"\\ud800\"", "\"\u{1}\"", "nul",
    "[1,]", "{,}", "{\"a\":1,}", "1 2", "\"a",
  ]) func otherTextIsRefused(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
  }

  @Test func stringsThatLookTheSameAreNot() {
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(Atom.string("\u{E9}") != .string("e\u{301}"))
    #expect(Set([Atom.string("\u{E9}"), .string("e\u{301}")]).count == 2)
  }

  @Test func ofAKeyThatComesTwiceTheLastCounts() throws {
    let object = try #require(JSONValue(parsing: "{\"a\":1,\"a\":2}").object)
    #expect(object["a"] == 2)
  }

  @Test func textThatIsNotUTF8IsRefused() {
    let bytes: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(throws: JSONSyntaxError.badUTF8(1)) { try JSONParser.parse(bytes[...]) }
  }

  @Test func nestingIsBounded() {
    let deep = String(repeating: "[", count: 101)
    #expect(throws: JSONSyntaxError.tooDeep(limit: 100)) { try JSONValue(parsing: deep) }
  }
}

@Suite struct JSONFramerTests {
  static let stream = "{\"a\":\"}\\\"{\"} \n{\"b\":[1,{\"c\":2}]}{}"

  @Test func messagesAreTheSameHoweverTheyArrive() throws {
    for size in 1...Self.stream.utf8.count {
      var framer = JSONFramer(lengthLimit: 1000)
      var messages: [JSONValue] = []
      let bytes = Array(Self.stream.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        framer.append(Array(bytes[start..<min(start + size, bytes.count)]))
        while let message = try framer.next() { messages.append(message) }
      }
      #expect(messages == [["a": "}\"{"], ["b": [1, ["c": 2]]], [:]])
      #expect(framer.heldByteCount == 0)
    }
  }

  @Test(arguments: ["[1]", "x", "}", "\"a\"", "{,}", "{]"])
  func whatIsNoObjectEndsTheStream(text: String) {
    var framer = JSONFramer(lengthLimit: 1000)
    framer.append(Array(text.utf8))
    #expect(throws: JSONSyntaxError.self) { while try framer.next() != nil {} }
  }

  @Test func lengthAndDepthAreBounded() {
    var framer = JSONFramer(lengthLimit: 16)
    framer.append(Array("{\"a\":\"0123456789".utf8))
    #expect(throws: Never.self) { try framer.next() }
    framer.append(Array("0".utf8))
    #expect(throws: JSONSyntaxError.tooLong(limit: 16)) { try framer.next() }

    framer = JSONFramer(lengthLimit: 1000)
    framer.append(Array(("{\"a\":" + String(repeating: "[", count: 100)).utf8))
    #expect(throws: JSONSyntaxError.tooDeep(limit: 100)) { try framer.next() }
  }
}
