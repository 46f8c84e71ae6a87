public import MartletHTTP

/// A command of two bytes.
public struct HubCommand: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// What it is about, such as `a` for the first valve.
  public let subject: UInt8
  /// What it is to do, such as `1` for opening.
  public let action: UInt8

  /// Takes the two bytes.
  public init(_ subject: UInt8, _ action: UInt8) {
    self.subject = subject
    self.action = action
  }

  /// `yo`: the hub lives.
  public static var keepAlive: Self { Self(0x79, 0x6F) }
  /// `??`: the node is to say how it stands.
  public static var query: Self { Self(0x3F, 0x3F) }

  /// Whether a command begins so: `?`, or `` ` `` to `z`. The first hub sends `a` to `z`.
  static func begins(with byte: UInt8) -> Bool {
    byte == 0x3F || (0x60...0x7A).contains(byte)
  }
}

extension OutputBuffer {
  /// Appends the command's two bytes.
  public mutating func append(_ command: HubCommand) {
    append(command.subject)
    append(command.action)
  }
}
