internal import Glibc
internal import MartletReadiness

/// What unix sockets at paths have in common.
enum UnixPath {
  /// Removes a socket that its process left behind; one that answers stays, and so does any other
  /// file: both are errors.
  static func removeStale(_ path: String) throws(HostError) {
    for type in [SOCK_STREAM, SOCK_DGRAM] {
      let number = HostCalls.unixSocket(type)
      guard number >= 0 else { throw error("socket", errno, path) }
      let probe = Descriptor(number)
      if HostCalls.unixConnect(probe.rawValue, to: path) == 0 { throw .busy(path) }
      switch errno {
      case ENOENT: return
      case ECONNREFUSED:
        // The kernel says so of a file that is no socket, too.
        guard HostCalls.isSocket(path) else { throw error("connect", ENOTSOCK, path) }
        HostCalls.remove(path)
        return
      case EPROTOTYPE: continue
      default: throw error("connect", errno, path)
      }
    }
  }

  /// An error on a path, in words that help.
  static func error(_ call: String, _ code: Int32, _ path: String) -> HostError {
    switch code {
    case ENOENT: .notFound(path, advice: "start the peer first, or make the folder")
    case ENAMETOOLONG: .badArgument(path, expected: "a path of at most 107 bytes")
    case EACCES, EPERM:
      .missingPrivilege("write permission", subject: path, instead: "choose a path of your own")
    case EADDRINUSE: .busy(path)
    case ENOTSOCK: .wrongKind(path, expected: "a socket")
    default: .system(SystemError(call, code: code), subject: path)
    }
  }
}
