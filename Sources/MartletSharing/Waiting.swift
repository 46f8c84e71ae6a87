// Says `unsafe` where the kernel is handed an array of this module's own.

internal import CMartletShim
internal import Glibc
internal import MartletDevice

/// Sleeps until a descriptor is readable, the bell is rung or the time is over.
func waitForAny(of descriptors: [Int32], or bell: Bell, timeout: Interval?) {
  if let timeout, timeout <= .zero { return }
  var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  entries.append(pollfd(fd: bell.readinessDescriptor, events: Int16(POLLIN), revents: 0))
  _ = unsafe martlet_wait_any(
    &entries, nfds_t(entries.count), timeout.map { max(0, $0.microseconds) } ?? -1)
}
