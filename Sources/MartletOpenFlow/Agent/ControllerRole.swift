/// The role of a controller (OpenFlow 1.3, 6.3.4); the values are the protocol's.
enum ControllerRole: UInt32 {
  case equal = 1
  case master = 2
  case slave = 3
}
