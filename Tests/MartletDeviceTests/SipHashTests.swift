import Testing

@testable import MartletDevice

@Suite("SipHash-2-4")
struct SipHashTests {
  /// The key 00 01 … 0f of the reference implementation's vectors.
  private let hash = SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0F0E_0D0C_0B0A_0908)

  @Test("agrees with the reference vector of 16 bytes")
  func sixteenBytes() {
    #expect(
      hash.hash(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908) == 0x3F2A_CC7F_57C2_9BDB)
  }

  @Test("agrees with the reference vector of 24 bytes")
  func twentyFourBytes() {
    #expect(
      hash.hash(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908, 0x1716_1514_1312_1110)
        == 0xB8AD_50C6_F649_AF94)
  }
}
