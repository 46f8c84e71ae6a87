/// What is wrong with a capture file, and where.
public struct CaptureError: Error, Equatable, Sendable {
  /// Where the header, packet or block begins that is wrong: bytes from the file's start.
  public var offset: Int
  /// What is wrong with it.
  public var problem: Problem

  /// What can be wrong.
  public enum Problem: Error, Equatable, Sendable {
    /// The first four bytes are those of no capture file.
    case unknownFormat(UInt32)
    /// A version other than pcap 2.x or pcapng 1.x.
    case unknownVersion(major: Int, minor: Int)
    /// The file ends within a header, packet or block of `needed` bytes.
    case truncated(needed: Int, available: Int)
    /// A packet says that more bytes were kept of it than `CaptureReader.maximumPacketLength`, or
    /// than its block has.
    case badPacketLength(Int)
    /// A block's length is not a multiple of 4, less than its fields or more than
    /// `CaptureReader.maximumBlockLength`.
    case badBlockLength(Int)
    /// A block does not end with its length.
    case unequalBlockLengths(Int, Int)
    /// A section does not say in which byte order it is.
    case unknownByteOrder(UInt32)
    /// A block's option reaches beyond the block.
    case badOption(Int)
    /// A unit of time finer than can be counted.
    case badTimeResolution(Int)
    /// A packet of an interface that was not described before.
    case unknownInterface(Int)
    /// More interfaces in a section than `CaptureReader.maximumInterfaceCount`.
    case tooManyInterfaces
  }

  /// Takes both.
  public init(offset: Int, problem: Problem) {
    self.offset = offset
    self.problem = problem
  }
}

extension CaptureError: CustomStringConvertible {
  /// A sentence for people, without the file's name.
  public var description: String { "at byte \(offset): \(problemText)" }

  private var problemText: String {
    switch problem {
    case .unknownFormat(let magic):
      "this is no capture file: it begins with 0x\(String(magic, radix: 16)); "
        + "pcap and pcapng are known"
    case .unknownVersion(let major, let minor):
      "version \(major).\(minor) is not known"
    case .truncated(let needed, let available):
      "the file ends early: \(needed) bytes needed, \(available) there"
    case .badPacketLength(let length): "a packet cannot have kept \(length) bytes"
    case .badBlockLength(let length): "a block cannot be \(length) bytes long"
    case .unequalBlockLengths(let first, let last):
      "a block says \(first) bytes at its start and \(last) at its end"
    case .unknownByteOrder(let magic):
      "a section's byte order cannot be told from 0x\(String(magic, radix: 16))"
    case .badOption(let code): "option \(code) reaches beyond its block"
    case .badTimeResolution(let value): "time resolution \(value) is finer than can be counted"
    case .unknownInterface(let number): "interface \(number) was not described before this packet"
    case .tooManyInterfaces: "there are too many interfaces"
    }
  }
}
