// Says `unsafe`: it hands a structure to the kernel.

import Glibc

/// The descriptors that this process may have.
enum DescriptorLimit {
  /// Raises it to what the user may have. The low one that shells give is for programs that use
  /// `select`, which nothing here does; each connection of a guest is a descriptor.
  static func raise() {
    var limit = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(kind, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    // Not beyond what makes sense: some systems allow a thousand million.
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 65_536))
    _ = unsafe setrlimit(kind, &limit)
  }
}
