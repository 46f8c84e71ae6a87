internal import Glibc
internal import MartletReadiness

extension NetworkError {
  /// What a negated `errno` of `call` on `endpoint` means.
  init(_ call: String, _ result: Int, _ endpoint: Endpoint) {
    let code = Int32(truncatingIfNeeded: -result)
    self =
      switch code {
      case ECONNREFUSED: .refused(endpoint)
      case ECONNRESET, EPIPE, ECONNABORTED: .reset(endpoint)
      case ETIMEDOUT: .timedOut(endpoint)
      case EHOSTUNREACH, EHOSTDOWN: .unreachable(endpoint)
      case ENETUNREACH: .noRoute(endpoint)
      case EADDRINUSE: .addressInUse(endpoint)
      case EADDRNOTAVAIL: .addressNotLocal(endpoint)
      case EMSGSIZE: .messageTooLong(limit: 65_507)
      case EMFILE, ENFILE: .tooMany("open descriptors")
      case EBADF: .closed
      case ENOTCONN: .badState
      default: .system(SystemError(call, code: code))
      }
  }
}
