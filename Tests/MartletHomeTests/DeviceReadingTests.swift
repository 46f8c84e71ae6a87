import MartletHub
import Testing

@testable import MartletHome

/// What a device says, in words.
@Suite struct DeviceReadingTests {
  @Test(arguments: [
    (DeviceReading.nothing, "nothing yet"),
    (.valves(0), "all valves closed"),
    (.valves(0b1010), "open: valve B, valve D"),
    (.inputs(0b10), "input 1 quiet, input 2 active"),
    (.light(LightReading()), "off"),
    (.raw("beep 1"), "beep 1"),
  ])
  func words(reading: DeviceReading, words: String) {
    #expect(reading.words == words)
  }
}
