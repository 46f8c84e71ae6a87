// Says `unsafe`: a new thread is handed its work through a pointer.

internal import CMartletHost
internal import Glibc

/// Threads of the host.
package enum HostThread {
  /// The calling thread.
  static var current: UInt { UInt(pthread_self()) }

  /// Starts a thread that nobody joins; signals are left to the others. Returns 0, or an `errno`.
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Int32 {
    let work = unsafe Unmanaged.passRetained(Work(name: name, body: body))
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { unsafe pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, &attributes,
      { work in
        guard let work = unsafe work else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
        return nil
      }, work.toOpaque())
    if result != 0 { unsafe work.release() }
    return result
  }

  private final class Work: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      var all = sigset_t()
      unsafe sigfillset(&all)
      unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
      // Longer names are refused, not cut.
      unsafe martlet_thread_set_name(String(name.prefix(15)))
      body()
    }
  }
}
