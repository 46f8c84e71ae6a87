/// The hash of keys: a product and a rotation a word, seeded, so that nobody can aim at one bucket without
/// knowing the seed.
enum FlowHash {
  @inline(__always)
  static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low &+ hash
  }

  @inline(__always)
  static func finish(_ hash: UInt64) -> UInt64 {
    let product = (hash ^ hash >> 32).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
