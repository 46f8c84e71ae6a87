import Testing

@testable import martlet

/// What is written for people and for programs.
@Suite struct TextTests {
  @Test func JSONIsQuoted() {
    let value = JSON.object([
      ("a\"b", .string("\\ \n \u{1} \u{7F} é")), ("n", .null), ("t", .boolean(true)),
      ("l", .array([.number(-1), .number(UInt64.max)])),
    ])
    #expect(
      value.text
        == #"{"a\"b":"\\ \n \u0001 "# + "\u{7F}"
        + #" é","n":null,"t":true,"l":[-1,9223372036854775807]}"#)
  }

  @Test func columnsAreAligned() {
    let table = Table("T", ["a", "bbb"], [["long", "x"], ["s", "yy"]])
    #expect(table.text == "\nT\n  a     bbb\n  long  x\n  s     yy\n")
    #expect(Table("T", ["a"], []).text.isEmpty)
  }

  @Test(arguments: [
    (UInt64(0), "0"), (9999, "9999"), (10_000, "10k"), (9_999_999, "9999k"), (10_000_000, "10M"),
    (.max, "18446P"),
  ])
  func numbersAreShort(_ number: UInt64, _ text: String) {
    #expect(LiveView.short(number) == text)
  }
}
