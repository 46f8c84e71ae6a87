import Glibc

/// OpenSSL's libcrypto as an oracle, if it is on this machine; it is looked up when the tests run.
@safe struct OpenSSL: Sendable {
  private typealias Hash =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?
    ) -> UnsafeMutablePointer<UInt8>?
  private typealias Method = @convention(c) () -> OpaquePointer?
  private typealias Code =
    @convention(c) (
      OpaquePointer?, UnsafeRawPointer?, Int32, UnsafePointer<UInt8>?, Int,
      UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?
    ) -> UnsafeMutablePointer<UInt8>?
  private typealias Derive =
    @convention(c) (
      UnsafeRawPointer?, Int32, UnsafePointer<UInt8>?, Int32, Int32, OpaquePointer?, Int32,
      UnsafeMutablePointer<UInt8>?
    ) -> Int32

  private let hash: Hash
  private let method: Method
  private let code: Code
  private let derive: Derive

  static let shared = OpenSSL()

  private init?() {
    guard let library = unsafe dlopen("libcrypto.so.3", RTLD_NOW) else {
      print("libcrypto.so.3 is not here: no comparison with OpenSSL.")
      return nil
    }
    guard let hash = unsafe dlsym(library, "SHA256"),
      let method = unsafe dlsym(library, "EVP_sha256"),
      let code = unsafe dlsym(library, "HMAC"),
      let derive = unsafe dlsym(library, "PKCS5_PBKDF2_HMAC")
    else { return nil }
    unsafe self.hash = unsafe unsafeBitCast(hash, to: Hash.self)
    unsafe self.method = unsafe unsafeBitCast(method, to: Method.self)
    unsafe self.code = unsafe unsafeBitCast(code, to: Code.self)
    unsafe self.derive = unsafe unsafeBitCast(derive, to: Derive.self)
  }

  func sha256(_ message: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    _ = unsafe message.withUnsafeBufferPointer { message in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe hash(message.baseAddress, message.count, output.baseAddress)
      }
    }
    return output
  }

  func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    // An empty array has no address, and no address means "as before" to this function.
    let named = key.isEmpty ? [0] : key
    _ = unsafe code(
      method(), named, Int32(key.count), message, message.count, &output, &length)
    return output
  }

  func pbkdf2(_ password: [UInt8], salt: [UInt8], rounds: Int, count: Int) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    _ = unsafe derive(
      password, Int32(password.count), salt, Int32(salt.count), Int32(rounds), method(),
      Int32(count), &output)
    return output
  }
}
