/// Who owns which lock, and who waits for it, the owner first (RFC 7047, section 4.1.8).
struct LockTable {
  private var queues: [String: [SessionID]] = [:]

  /// Whether the session owns it.
  func isOwner(_ session: SessionID, of name: String) -> Bool { queues[name]?.first == session }

  /// Asks for a lock; whether the session owns it now.
  mutating func lock(_ name: String, for session: SessionID) -> Bool {
    queues[name, default: []].append(session)
    return isOwner(session, of: name)
  }

  /// Takes a lock whoever owns it; who did. That one waits next in turn.
  mutating func steal(_ name: String, for session: SessionID) -> SessionID? {
    let victim = queues[name]?.first
    queues[name, default: []].insert(session, at: 0)
    return victim
  }

  /// Gives a lock back, or no longer waits for it; who owns it instead, if that is new.
  mutating func unlock(_ name: String, for session: SessionID) -> SessionID? {
    let wasOwner = isOwner(session, of: name)
    queues[name]?.removeAll { $0 == session }
    if queues[name]?.isEmpty == true { queues[name] = nil }
    return wasOwner ? queues[name]?.first : nil
  }
}
