internal import MartletHTTP

/// What a node can do beyond the plain protocol. Words that this hub does not know are left out.
public struct NodeCapabilities: OptionSet, Hashable, Sendable, BitwiseCopyable {
  /// The bits.
  public let rawValue: UInt16
  /// Takes the bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// `dur`: it takes the minutes with the command to open, and closes by itself.
  public static var duration: Self { Self(rawValue: 1) }
  /// `query`: it answers `??` with its status.
  public static var query: Self { Self(rawValue: 2) }
  /// `ka`: it closes a connection whose hub is silent.
  public static var keepAlive: Self { Self(rawValue: 4) }
  /// `hmac`: it can prove who it is and check who the hub is.
  public static var authentication: Self { Self(rawValue: 8) }
  /// `json`: it takes objects as commands.
  public static var objects: Self { Self(rawValue: 16) }
  /// `presence`: that it is here is what it has to say.
  public static var presence: Self { Self(rawValue: 32) }

  /// How many capabilities have a word.
  static var wordCount: Int { 6 }

  /// The word of one bit, 0 to 5.
  static func word(_ bit: Int) -> Literal {
    switch bit {
    case 0: "dur"
    case 1: "query"
    case 2: "ka"
    case 3: "hmac"
    case 4: "json"
    default: "presence"
    }
  }
}
