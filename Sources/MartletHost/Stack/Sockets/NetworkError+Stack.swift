internal import MartletStack

extension NetworkError {
  /// What our own stack's error means for a socket between `local` and `peer`.
  init(_ error: StackError, local: Endpoint, peer: Endpoint) {
    self =
      switch error {
      case .staleHandle: .closed
      case .connectionEnded(let reason): NetworkError(reason, peer: peer)
      case .noRoute: .noRoute(peer)
      case .addressNotLocal: .addressNotLocal(local)
      case .portInUse: .addressInUse(local)
      case .messageTooLong(let limit): .messageTooLong(limit: limit)
      case .tableFull(let table): .tooMany(table.description)
      case .badState: .badState
      default: .stack(error)
      }
  }

  /// Why a conversation with `peer` has ended.
  init(_ reason: EndReason, peer: Endpoint) {
    self =
      switch reason {
      // Both sides have closed: what is still sent reaches nobody.
      case .closed, .reset: .reset(peer)
      case .aborted: .closed
      case .refused, .portUnreachable: .refused(peer)
      case .timedOut: .timedOut(peer)
      case .hostUnreachable, .networkUnreachable, .protocolUnreachable, .prohibited:
        .unreachable(peer)
      case .interfaceGone: .noRoute(peer)
      }
  }
}
