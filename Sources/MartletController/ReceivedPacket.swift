// Says `unsafe`: it shows an array as a span.

internal import MartletDevice
public import MartletFlow
public import MartletWire

/// A frame that a switch asks about.
public struct ReceivedPacket: Sendable {
  /// The frame's bytes.
  public let frame: [UInt8]
  /// The port that it came in by.
  public let inPort: PortNumber
  /// The cookie of the flow that sent it; all ones for none, or where the version does not say.
  public let cookie: UInt64
  /// Its fields, the port included.
  public let fields: FlowKey

  /// Takes a frame; `nil` for what is none.
  init?(_ frame: [UInt8], inPort: PortNumber, cookie: UInt64) {
    var key = FlowKey()
    let headers = unsafe frame.withUnsafeBytes { buffer in
      unsafe key.extract(RawSpan(_unsafeBytes: buffer))
    }
    guard headers != nil else { return nil }
    key.inPort = inPort
    self.frame = frame
    self.inPort = inPort
    self.cookie = cookie
    fields = key
  }

  /// Who sent it.
  public var source: MACAddress { MACAddress(rawValue: UInt64(fields[.ethernetSource])) }
  /// Who it is for.
  public var destination: MACAddress { MACAddress(rawValue: UInt64(fields[.ethernetDestination])) }
  /// What it carries.
  public var etherType: UInt16 { UInt16(truncatingIfNeeded: fields[.etherType]) }

  /// The match for frames that agree with this one in some fields.
  public func match(_ same: Field...) -> FlowMatch {
    var match = FlowMatch()
    for field in same { match.set(field, fields[field]) }
    return match
  }
}
