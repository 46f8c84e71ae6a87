@_spi(Testing) public import MartletDigest
public import Testing

extension SHA256Path: CustomTestStringConvertible {
  /// The name in the test's log.
  public var testDescription: String { name }

  /// The paths of this processor. Those that it lacks are named once in the test's log.
  static var available: [SHA256Path] {
    allCases.filter(\.isAvailable)
  }
}

@Suite struct PathTests {
  @Test func everyPathThatIsNotHereIsNamed() {
    let missing = SHA256Path.allCases.filter { !$0.isAvailable }
    print("SHA-256 paths tested: \(SHA256Path.available.map(\.name).joined(separator: ", "))")
    if !missing.isEmpty {
      print("Not on this processor: \(missing.map(\.name).joined(separator: ", "))")
    }
    #expect(SHA256Path.available.contains(.portable))
    #expect(SHA256Path.best.isAvailable)
  }
}
