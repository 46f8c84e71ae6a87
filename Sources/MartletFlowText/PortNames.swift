public import MartletFlow

/// The names of a bridge's ports, which may stand for their numbers.
public struct PortNames: Sendable {
  private var numbers: [String: PortNumber] = [:]
  private var names: [PortNumber: String] = [:]
  /// Whether flows are printed with names.
  public var printsNames = false

  /// No names: numbers and the reserved ports only.
  public init() {}

  /// Names a port.
  public mutating func add(_ name: String, _ number: PortNumber) {
    numbers[name] = number
    names[number] = name
  }

  private static let reserved: [(name: String, number: PortNumber)] = [
    ("IN_PORT", .inPort), ("TABLE", .table), ("NORMAL", .normal), ("FLOOD", .flood), ("ALL", .all),
    ("CONTROLLER", .controller), ("LOCAL", .local), ("ANY", .any),
  ]

  /// The number of a port that is written as a number, a name, a name in quotation marks or a reserved
  /// word. Numbers of OpenFlow 1.0 from 0xff00 on become those of 1.3.
  func number(of text: Substring, in word: String) throws(FlowTextError) -> PortNumber {
    if let number = find(text) { return number }
    guard FlowNumber.parse(text) == nil else {
      throw FlowTextError(
        word, "\(text) is no port's number; expected 1 to 65279, or a reserved word like LOCAL")
    }
    let known = numbers.keys.sorted().prefix(8).joined(separator: ", ")
    let hint =
      known.isEmpty ? "expected a number or a reserved word like LOCAL" : "ports are \(known)"
    throw FlowTextError(word, "there is no port \"\(text)\"; \(hint)")
  }

  /// The number of a port; `nil` for what is none.
  func find(_ text: Substring) -> PortNumber? {
    if text.count > 2, text.first == "\"", text.last == "\"" {
      return numbers[String(text.dropFirst().dropLast())]
    }
    if let value = FlowNumber.parse(text) {
      if value < 0xff00 { return PortNumber(UInt32(value)) }
      // From 65528 on they are the reserved numbers of OpenFlow 1.0.
      if (0xfff8...0xfffe).contains(value) { return PortNumber(0xffff_0000 | UInt32(value)) }
      if value <= 0xffff_ffff, value >= 0xffff_fff8 { return PortNumber(UInt32(value)) }
      return nil
    }
    if let number = numbers[String(text)] { return number }
    let upper = text.uppercased()
    return Self.reserved.first { $0.name == upper }?.number
  }

  /// How a port is printed.
  func name(of number: PortNumber) -> String {
    if let reserved = Self.reserved.first(where: { $0.number == number }) { return reserved.name }
    if printsNames, let name = names[number] { return name }
    return String(number.rawValue)
  }
}
