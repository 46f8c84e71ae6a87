// Says `unsafe`: it hands paths and bytes to the kernel.

import Glibc
import MartletHouse

/// Reads house files from the disk.
enum HouseLoader {
  /// A house file is a page or two; this is not one.
  private static let lengthLimit = 1 << 20

  /// Reads a house from a file.
  static func load(_ path: String) throws -> House {
    let bytes = try read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, "\(path): is not text in UTF-8; a house file is YAML")
    }
    do throws(HouseFileError) {
      return try HouseFile.parse(text, file: path)
    } catch {
      throw Failure(.badData, error.description)
    }
  }

  private static func read(_ path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= lengthLimit else {
        throw Failure(.badData, "\(path): longer than \(lengthLimit) bytes; is it a house file?")
      }
    }
  }

  private static func failure(_ path: String) -> Failure {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    return Failure(
      code == EACCES ? .noPermission : .noInput,
      "\(path): \(reason); name a house file, or none for the built-in house")
  }
}
