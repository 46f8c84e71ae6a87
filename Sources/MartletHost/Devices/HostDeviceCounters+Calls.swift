internal import Glibc

extension HostDeviceCounters {
  /// Notes what the kernel said of one frame.
  mutating func noteTransmit(_ result: Int) {
    if result >= 0 {
      sent &+= 1
      return
    }
    let code = Int32(truncatingIfNeeded: -result)
    if code == EAGAIN || code == ENOBUFS {
      transmitDrops &+= 1
    } else {
      transmitErrors &+= 1
      lastError = code
    }
  }
}
