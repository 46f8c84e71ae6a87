/// The common registers of virtio devices on the PCI bus (virtio 1.2, 4.1.4.3).
enum VirtioRegister {
  static let deviceFeatureSelect = 0
  static let deviceFeature = 4
  static let driverFeatureSelect = 8
  static let driverFeature = 12
  static let configurationVector = 16
  static let status = 20
  static let queueSelect = 22
  static let queueSize = 24
  static let queueVector = 26
  static let queueEnable = 28
  static let queueNotifyOffset = 30
  static let queueDescriptors = 32
  static let queueDriver = 40
  static let queueDevice = 48
}

/// Bits of the status register (virtio 1.2, 2.1).
enum VirtioStatus {
  static let acknowledge: UInt8 = 1
  static let driver: UInt8 = 2
  static let driverOK: UInt8 = 4
  static let featuresOK: UInt8 = 8
  static let needsReset: UInt8 = 64
}

/// Feature bits (virtio 1.2, 5.1.3 and 6).
enum VirtioFeature {
  static let checksum: UInt64 = 1 << 0
  static let guestChecksum: UInt64 = 1 << 1
  static let mtu: UInt64 = 1 << 3
  static let macAddress: UInt64 = 1 << 5
  static let guestTSO4: UInt64 = 1 << 7
  static let hostTSO4: UInt64 = 1 << 11
  static let mergeableBuffers: UInt64 = 1 << 15
  static let linkStatus: UInt64 = 1 << 16
  static let version1: UInt64 = 1 << 32
}
