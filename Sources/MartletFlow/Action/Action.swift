/// What is done with a frame, in the order of a list (OpenFlow 1.0, 5.2; 1.3, 5.10 and 5.12; Nicira's extensions).
///
/// Instructions of OpenFlow 1.3 are actions like the others, in their fixed order: `meter` first, then
/// what is applied, `clearActions`, `writeActions`, `writeMetadata`, `gotoTable`. `ActionList` checks it.
public indirect enum Action: Equatable, Sendable {
  /// Sends the frame out of a port, or to one of the reserved ones; of a frame for the controller at most
  /// `maxLength` bytes, 0 for all.
  case output(PortNumber, maxLength: UInt16)
  /// The same with the port from a field.
  case outputRegister(FieldRange, maxLength: UInt16)
  /// Sends the frame to the controllers with this number; 0 is all that did not set one.
  case controller(maxLength: UInt16, id: UInt16, reason: PacketInReason)
  /// Hands the frame to a group.
  case group(UInt32)
  /// Gives the bits of `mask` in a field a value.
  case setField(Field, value: UInt128, mask: UInt128)
  /// Copies bits, as many in both.
  case move(FieldRange, to: FieldRange)
  /// Sets a VLAN identifier; pushes a tag where there is none (OpenFlow 1.0).
  case setVLANID(UInt16)
  /// Sets a VLAN priority; pushes a tag where there is none (OpenFlow 1.0).
  case setVLANPriority(UInt8)
  /// Pushes a tag of this EtherType, with the identifier and priority of the one before.
  case pushVLAN(UInt16)
  case popVLAN
  /// Pushes a label stack entry; the value is the EtherType afterwards.
  case pushMPLS(UInt16)
  /// Pops one; the value is the EtherType afterwards.
  case popMPLS(UInt16)
  case setMPLSTTL(UInt8)
  case decrementMPLSTTL
  /// Takes one from the TTL; at 0 or 1 the frame goes to the controllers instead.
  case decrementTTL
  case setQueue(UInt32)
  case popQueue
  /// Output with a queue (OpenFlow 1.0); queues have no effect.
  case enqueue(PortNumber, queue: UInt32)
  /// Looks the frame up again, in another table or as if from another port; `nil` keeps it.
  case resubmit(PortNumber?, table: UInt8?)
  case learn(LearnAction)
  case track(TrackAction)
  case clearTracking
  case nat(NATAction)
  case push(FieldRange)
  case pop(FieldRange)
  /// Does nothing; its bytes are for who reads the flow.
  case note([UInt8])
  /// Ends the list, and those that led to it.
  case exit
  case conjunction(id: UInt32, clause: UInt8, count: UInt8)
  /// Runs a list; what it changes is changed back.
  case clone([Action])
  case finTimeout(idle: UInt16, hard: UInt16)

  // Instructions.
  case meter(UInt32)
  case clearActions
  case writeActions([Action])
  case writeMetadata(UInt64, mask: UInt64)
  case gotoTable(UInt8)
}
