import MartletHouse

/// Reads house files from the disk.
enum HouseLoader {
  /// A house file is a page or two; this is not one.
  private static let lengthLimit = 1 << 20

  /// Reads a house from a file.
  static func load(_ path: String) throws -> House {
    let file = try InputFile(path)
    var bytes: [UInt8] = []
    while let more = try file.read() {
      bytes += more
      guard bytes.count <= lengthLimit else {
        throw Failure(
          .badData, "\(file.name): longer than \(lengthLimit) bytes; is it a house file?")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, "\(file.name): is not text in UTF-8; a house file is YAML")
    }
    do throws(SettingsError) {
      return try HouseFile.parse(text, file: file.name)
    } catch {
      throw Failure(.badData, error.description)
    }
  }
}
