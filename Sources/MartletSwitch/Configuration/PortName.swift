/// What a bridge or port may be called: what a device of the host may.
public enum PortName {
  /// The rule, for people.
  public static let rule = "1 to 15 letters, digits, '-', '_' and '.', not '.' nor '..'"

  /// Whether `name` keeps to it.
  public static func isFit(_ name: String) -> Bool {
    (1...15).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
