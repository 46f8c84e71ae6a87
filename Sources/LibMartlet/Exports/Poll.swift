// Says `unsafe`: poll, its array a C program's.

public import CMartletShim
internal import Glibc
internal import MartletSharing

/// `martlet_poll`, as martlet.h says.
@c @implementation
public func martlet_poll(
  _ entries: UnsafeMutablePointer<pollfd>?, _ count: nfds_t, _ timeout: Int32
) -> Int32 {
  answer { () throws(SocketError) in
    var set = try unsafe PollSet(entries, count: UInt(count))
    return Int32(truncatingIfNeeded: try set.wait(Patience(milliseconds: timeout)))
  }
}
