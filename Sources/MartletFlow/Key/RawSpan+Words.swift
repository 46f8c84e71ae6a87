internal import MartletWire

extension RawSpan {
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { load(at: offset) }

  @inline(__always)
  func word16(_ offset: Int) -> UInt16 { load(at: offset) }

  @inline(__always)
  func word32(_ offset: Int) -> UInt32 { load(at: offset) }
}
