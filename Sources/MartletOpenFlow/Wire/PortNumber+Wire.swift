internal import MartletFlow

extension PortNumber {
  /// A port of OpenFlow 1.0, of 16 bits; those from 0xff00 are the reserved ones.
  init(wire16 number: UInt16) {
    self.init(number >= 0xff00 ? 0xffff_0000 | UInt32(number) : UInt32(number))
  }

  /// Its number in OpenFlow 1.0; ports that it has no number for are "none".
  var wire16: UInt16 {
    rawValue < 0xff00 || rawValue >= 0xffff_ff00 ? UInt16(truncatingIfNeeded: rawValue) : 0xffff
  }
}
