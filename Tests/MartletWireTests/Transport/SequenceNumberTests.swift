import MartletWire
import Testing

@Suite struct SequenceNumberTests {
  @Test(arguments: [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32])
  func orderHoldsAcrossTheWrap(start: UInt32) {
    let number = SequenceNumber(rawValue: start)
    for count in [1, 1460, 0x7FFF_FFFF] {
      let later = number.advanced(by: count)
      #expect(number.precedes(later) && later.follows(number))
      #expect(!later.precedes(number) && !number.follows(later))
      #expect(later.distance(from: number) == count)
      #expect(number.distance(from: later) == -count)
      #expect(later.advanced(by: -count) == number)
    }
    #expect(!number.precedes(number) && !number.follows(number))
  }
}
