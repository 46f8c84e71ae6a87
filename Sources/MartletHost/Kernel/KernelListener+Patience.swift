internal import MartletDevice

extension KernelListener {
  /// Waits for a connection, also through a time without descriptors; `nil` when the listener was
  /// closed or the task cancelled.
  package nonisolated func acceptPatiently(on loop: EventLoop) async -> KernelConnection? {
    while !Task.isCancelled {
      do throws(NetworkError) {
        return try await accept()
      } catch {
        guard error != .closed, error != .cancelled else { return nil }
        // The connection still waits in the kernel: trying again at once would spin.
        await loop.sleep(for: .milliseconds(100))
      }
    }
    return nil
  }
}
