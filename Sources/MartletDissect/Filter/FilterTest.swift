internal import MartletWire

/// One question to a packet.
struct FilterTest: Equatable, Sendable {
  /// Which end of the packet must fit.
  enum Direction: Equatable, Sendable {
    case either, source, destination, both
  }

  /// What is asked.
  enum Subject: Equatable, Sendable {
    case host(IPv4Address)
    case net(IPv4Prefix)
    case ports(ClosedRange<UInt16>)
    case vlan(UInt16)
    /// Nothing: the protocol is the question.
    case any
  }

  /// The protocol that the packet must be of.
  var name: ProtocolName?
  var direction = Direction.either
  var subject: Subject

  /// Whether a packet fits.
  func matches(_ fields: PacketFields) -> Bool {
    if let name, !name.matches(fields) { return false }
    switch subject {
    case .any: return true
    case .vlan(let number): return fields.vlans.contains(number)
    case .host(let address):
      return fits(fields.source == address, fields.destination == address)
    case .net(let prefix):
      guard let source = fields.source, let destination = fields.destination else { return false }
      return fits(prefix.contains(source), prefix.contains(destination))
    case .ports(let range):
      guard let source = fields.sourcePort, let destination = fields.destinationPort else {
        return false
      }
      return fits(range.contains(source), range.contains(destination))
    }
  }

  private func fits(_ source: Bool, _ destination: Bool) -> Bool {
    switch direction {
    case .either: source || destination
    case .source: source
    case .destination: destination
    case .both: source && destination
    }
  }
}
