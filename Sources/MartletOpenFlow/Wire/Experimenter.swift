/// The numbers of who extends the protocol.
enum Experimenter {
  /// Nicira: what Open vSwitch adds.
  static let nicira: UInt32 = 0x0000_2320
  /// The Open Networking Foundation.
  static let onf: UInt32 = 0x4f4e_4600
}
