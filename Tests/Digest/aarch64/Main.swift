// A program without a C library, for an emulated aarch64: it hashes what it is sent. A request is
// a byte for the path, four for the length (little-endian) and the message; an answer is a digest.

@_spi(Testing) import MartletDigest

@_extern(c, "platform_read")
func platformRead(_ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int

@_extern(c, "platform_write")
func platformWrite(_ bytes: UnsafeRawPointer, _ count: Int) -> Int

@_extern(c, "platform_memory")
func platformMemory() -> UnsafeMutableRawPointer

/// Answers requests until there are no more; the exit status.
@c(run) public func run() -> Int32 {
  var head = InlineArray<5, UInt8>(repeating: 0)
  let memory = unsafe platformMemory()
  while true {
    let count = unsafe withUnsafeMutableBytes(of: &head) { unsafe read($0.baseAddress, $0.count) }
    guard count == 5 else { return count == 0 ? 0 : 1 }
    let length = (1...4).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
    guard length <= 1 << 20, unsafe read(memory, length) == length else { return 2 }
    guard let path: SHA256Path = head[0] == 0 ? .portable : head[0] == 1 ? .armv8 : nil else {
      return 3
    }
    let digest = unsafe SHA256.hash(
      bufferPointer: UnsafeRawBufferPointer(start: memory, count: length), on: path)
    let written = digest.withUnsafeBytes { bytes in
      unsafe bytes.baseAddress.map { unsafe platformWrite($0, 32) } ?? 0
    }
    guard written == 32 else { return 4 }
  }
}

/// Reads all of `count` bytes, or what there is.
func read(_ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  guard let bytes = unsafe bytes else { return 0 }
  var total = 0
  while total < count {
    let got = unsafe platformRead(bytes + total, count - total)
    guard got > 0 else { break }
    total += got
  }
  return total
}
