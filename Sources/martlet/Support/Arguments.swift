public import ArgumentParser
public import MartletWire

// Addresses as arguments: the argument parser says which one it could not read.
extension IPv4Address: ExpressibleByArgument {
  /// Reads the dotted or colon form.
  public init?(argument: String) { self.init(argument) }
}

extension IPv4Prefix: ExpressibleByArgument {
  /// Reads the dotted or colon form.
  public init?(argument: String) { self.init(argument) }
}

extension MACAddress: ExpressibleByArgument {
  /// Reads the dotted or colon form.
  public init?(argument: String) { self.init(argument) }
}

/// A node's name: what may stand in a file name, on a page and in JSON as it is.
struct NodeName: ExpressibleByArgument {
  let text: String

  var defaultValueDescription: String { text }

  /// The name of a node that was given none.
  static var standard: Self { Self(text: "node") }

  private init(text: String) { self.text = text }

  init?(argument: String) {
    let isFit =
      (1...32).contains(argument.utf8.count)
      && argument.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    guard isFit else { return nil }
    text = argument
  }
}
