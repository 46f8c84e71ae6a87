// Says `unsafe`: a C program's array of `struct pollfd`, and the kernel's calls on another.

internal import CMartletShim
internal import Glibc
internal import MartletDevice
internal import MartletReadiness
internal import MartletSharing

/// What one `martlet_poll` waits for: sockets of any stack, and descriptors of the kernel's.
@safe
struct PollSet {
  private let entries: UnsafeMutableRawPointer?
  private let count: Int
  private var sockets: [Watched] = []
  /// The kernel's, and behind them the bell.
  private var foreign: [pollfd] = []
  private var foreignPlaces: [Int] = []

  /// A socket and what is asked of it.
  private struct Watched {
    let place: Int
    let reference: SocketReference
    let events: Int32
  }

  /// Takes a caller's array. Throws `EINVAL` for more entries than descriptors may be, `EFAULT`.
  init(_ entries: UnsafeMutablePointer<pollfd>?, count: UInt) throws(SocketError) {
    var limit = rlimit()
    let known = unsafe getrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit) == 0
    guard count <= (known ? UInt(limit.rlim_cur) : 1024) else { throw SocketError(EINVAL) }
    self.count = Int(count)
    if let entries = unsafe entries, count > 0,
      unsafe !MemoryRange.isPossible(
        UnsafeRawPointer(entries), count: Int(count) * MemoryLayout<pollfd>.stride)
    {
      throw SocketError(EFAULT)
    }
    guard unsafe entries != nil || count == 0 else { throw SocketError(EFAULT) }
    unsafe self.entries = UnsafeMutableRawPointer(entries)
    sort()
  }

  private mutating func sort() {
    guard let entries = unsafe entries else { return }
    for place in 0..<count {
      let entry = unsafe entries + place * MemoryLayout<pollfd>.stride
      let number = unsafe entry.loadUnaligned(as: Int32.self)
      let events = unsafe (entry + 4).loadUnaligned(as: Int16.self)
      store(0, at: place)
      if number < 0 { continue }
      if let reference = Library.shared.numbers.find(number) {
        sockets.append(
          Watched(
            place: place, reference: reference,
            events: Int32(UInt16(bitPattern: events)) | Int32(POLLERR) | Int32(POLLHUP)))
      } else {
        foreign.append(pollfd(fd: number, events: events, revents: 0))
        foreignPlaces.append(place)
      }
    }
  }

  private func store(_ bits: Int16, at place: Int) {
    guard let entries = unsafe entries else { return }
    unsafe (entries + place * MemoryLayout<pollfd>.stride + 6).storeBytes(of: bits, as: Int16.self)
  }

  /// Looks at everything; with a bell, leaves it with every socket. Returns how many are ready.
  private mutating func look(leaving bell: Bell?) -> Int {
    var readyCount = 0
    for watched in sockets {
      let key = watched.reference.key
      let bits = watched.reference.owner.watch(key, with: bell) { core, _ -> Int32 in
        guard let socket = core.socket(key) else { return Int32(POLLNVAL) }
        return core.readiness(of: socket) & watched.events
      }
      // Its stack has ended.
      let shown = bits ?? (Int32(POLLERR) | Int32(POLLHUP))
      store(Int16(truncatingIfNeeded: shown), at: watched.place)
      if shown != 0 { readyCount += 1 }
    }
    return readyCount
  }

  /// Waits for the kernel's descriptors, and the bell behind them; negative means interrupted.
  private mutating func askKernel(_ bell: Bell?, timeout: Interval?) -> Int {
    guard !foreign.isEmpty || bell != nil else { return 0 }
    var asked = foreign
    if let bell {
      asked.append(pollfd(fd: bell.readinessDescriptor, events: Int16(POLLIN), revents: 0))
    }
    let microseconds = timeout.map { max(0, $0.microseconds) } ?? -1
    guard unsafe martlet_wait_any(&asked, nfds_t(asked.count), microseconds) >= 0 else {
      return -1
    }
    var readyCount = 0
    for (index, place) in foreignPlaces.enumerated() {
      store(asked[index].revents, at: place)
      if asked[index].revents != 0 { readyCount += 1 }
    }
    return readyCount
  }

  /// Waits until anything is ready and returns how many are; 0 when `patience` is over.
  ///
  /// Throws `EINTR`, `ENOMEM` when the process has no descriptor left to wait by.
  mutating func wait(_ patience: Patience) throws(SocketError) -> Int {
    let found = look(leaving: nil) + max(0, askKernel(nil, timeout: .zero))
    guard found == 0, patience != .none else { return found }
    guard let bell = try? BellPool.shared.take() else { throw SocketError(ENOMEM) }
    defer {
      for watched in sockets { watched.reference.owner.unwatch(watched.reference.key, bell) }
      BellPool.shared.put(bell)
    }
    var readyCount = look(leaving: bell)
    while readyCount == 0 {
      var timeout: Interval?
      if case .until(let deadline) = patience {
        timeout = deadline - MonotonicClock.now
        guard timeout ?? .zero > .zero else { break }
      }
      let fromKernel = askKernel(bell, timeout: timeout)
      guard fromKernel >= 0 else { throw SocketError.interrupted }
      bell.silence()
      readyCount = look(leaving: nil) + fromKernel
    }
    return readyCount
  }
}
