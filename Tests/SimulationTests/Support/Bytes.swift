import MartletDevice
import MartletStack

/// A byte that depends on its place in a stream, so that a byte lost, doubled or moved shows.
func patternByte(at position: Int) -> UInt8 {
  UInt8(truncatingIfNeeded: (position &* 2_654_435_761) >> 13 ^ position)
}

/// `count` bytes of the pattern from `position` on.
func pattern(from position: Int, count: Int) -> [UInt8] {
  (position..<position + count).map(patternByte)
}

/// One end of a stream under test: what it has sent and read so far.
struct StreamEnd {
  var handle: TCPHandle
  var sentCount = 0
  var readCount = 0
  var mismatch: Int?
  var hasEnded = false
  var error: StackError?
}

extension Stack {
  /// Sends the pattern on, up to `total` bytes in all.
  mutating func sendPattern(_ end: inout StreamEnd, upTo total: Int, now: Instant) {
    while end.sentCount < total {
      let bytes = pattern(from: end.sentCount, count: min(16_384, total - end.sentCount))
      do throws(StackError) {
        let sent = try unsafe send(bytes.span.bytes, on: end.handle, now: now)
        end.sentCount += sent
        if sent < bytes.count { return }
      } catch {
        end.error = error
        return
      }
    }
  }

  /// Reads what is there and compares it with the pattern.
  mutating func readPattern(_ end: inout StreamEnd, limit: Int = .max, now: Instant) {
    var left = limit
    while left > 0 {
      let position = end.readCount
      var mismatch: Int?
      let allowed = left
      do throws(StackError) {
        let result = try withReceived(on: end.handle, now: now) { bytes in
          let count = min(bytes.byteCount, allowed)
          for index in 0..<count {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if byte != patternByte(at: position + index), mismatch == nil {
              mismatch = position + index
            }
          }
          return count
        }
        if end.mismatch == nil { end.mismatch = mismatch }
        switch result {
        case .bytes(let count):
          end.readCount += count
          left -= count
        case .nothingYet: return
        case .endOfStream:
          end.hasEnded = true
          return
        }
      } catch {
        end.error = error
        return
      }
    }
  }
}
