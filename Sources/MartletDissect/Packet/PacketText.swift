internal import MartletWire

// How numbers and strangers' bytes become text.

/// A number in hexadecimal with `0x`, all its digits.
func hexadecimal<T: FixedWidthInteger & UnsignedInteger>(_ number: T) -> String {
  let digits = String(number, radix: 16)
  return "0x" + String(repeating: "0", count: T.bitWidth / 4 - digits.utf8.count) + digits
}

/// The first bytes in hexadecimal; an ellipsis stands for the rest.
func hexadecimal(_ bytes: RawSpan, limit: Int = 16) -> String {
  var text = "0x"
  for offset in 0..<min(bytes.byteCount, limit) {
    let byte: UInt8 = bytes.load(at: offset)
    if byte < 16 { text += "0" }
    text += String(byte, radix: 16)
  }
  return bytes.byteCount > limit ? text + "…" : text
}

/// Bytes as ASCII; those that are not printable, and the backslash, as `\ddd` in decimal, as zone
/// files have it (RFC 1035, section 5.1). A blank stays only where quotes show its ends.
func escaped(_ bytes: RawSpan, limit: Int = 255, keepsBlanks: Bool = false) -> String {
  var text = ""
  for offset in 0..<min(bytes.byteCount, limit) {
    let byte: UInt8 = bytes.load(at: offset)
    let isPrintable = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
    if isPrintable || (keepsBlanks && byte == UInt8(ascii: " ")) {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      text += "\\" + padded(Int(byte), to: 3)
    }
  }
  return bytes.byteCount > limit ? text + "…" : text
}

/// A DNS name with a dot at its end.
func text(of name: borrowing DNSName) -> String {
  guard !name.isRoot else { return "." }
  var text = ""
  var labels = name.labels
  while let label = labels.next() { text += escaped(label) + "." }
  return text
}

/// What is wrong with the bytes of a packet.
func text(of error: WireError) -> String {
  switch error {
  case .truncated(let needed, let available): "truncated: \(available) of \(needed) bytes"
  case .badLength(let length): "bad length \(length)"
  case .badVersion(let version): "bad version \(version)"
  case .badField: "a field is not what the format allows"
  }
}
