internal import Glibc

/// Runs a call and answers as C expects: its result, or -1 and `errno`.
func answer<Result: SignedInteger>(_ body: () throws(SocketError) -> Result) -> Result {
  do throws(SocketError) {
    return try body()
  } catch {
    errno = error.code
    return -1
  }
}
