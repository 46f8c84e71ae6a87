/// One option of a DHCP message, seen in place.
public struct DHCPv4Option: ~Escapable {
  /// Which option it is.
  public let code: DHCPv4OptionCode
  /// Its value: 0 to 255 bytes.
  public let data: RawSpan

  @_lifetime(copy data)
  init(code: DHCPv4OptionCode, data: RawSpan) {
    self.code = code
    self.data = data
  }
}
