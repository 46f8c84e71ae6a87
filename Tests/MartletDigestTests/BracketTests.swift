import Glibc
@_spi(Testing) import MartletDigest
import Testing

/// What a bracket counted; it is a C function and has no other place to do it.
private nonisolated(unsafe) var begun = 0
private nonisolated(unsafe) var ended = 0
private nonisolated(unsafe) var isAllowed = true

/// The bracket is for the whole process: each test has one of its own.
@Suite struct BracketTests {
  @Test func everyRunStandsInTheBracket() async {
    await #expect(processExitsWith: .success) {
      let message = Array("abc".utf8)
      let expected = SHA256.hash(data: message)
      VectorBracket.install(
        begin: {
          unsafe begun += 1
          return unsafe isAllowed
        }, end: { unsafe ended += 1 })
      guard SHA256Path.best != .portable else { return }

      #expect(SHA256.hash(data: message) == expected)
      #expect(unsafe begun == 1 && ended == 1)
      #expect(SHA256.hash(many: [message, message, message]) == [expected, expected, expected])
      #expect(unsafe begun == 2 && ended == 2)

      // An interrupt, say: the answer is the same, in general registers.
      unsafe isAllowed = false
      #expect(SHA256.hash(data: message) == expected)
      #expect(SHA256.hash(many: [message, message]) == [expected, expected])
      #expect(unsafe begun == 4 && ended == 2)
      let isRight = unsafe SHA256.hash(data: message) == expected && begun == 5 && ended == 2
      exit(isRight ? 0 : 1)
    }
  }
}
