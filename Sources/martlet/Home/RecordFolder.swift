// Says `unsafe`: it hands paths and bytes to the kernel.

import Glibc
import MartletNodes

/// What a hosted node keeps without power: a file for each record in its state folder.
///
/// A record is written beside the old one and takes its place once it is on the disk, so that it is
/// the old or the new one whenever the power fails. A sum before it tells a damaged one.
struct RecordFolder: Sendable {
  private let path: String

  init(in folder: StateFolder) { path = folder.path }

  /// A record as it was last written; `nil` when there is none, or when it is damaged.
  func read(_ record: StorageRecord) -> [UInt8]? { read(Self.name(record)) }

  /// Writes a record; false when that failed.
  func write(_ bytes: [UInt8], to record: StorageRecord) -> Bool {
    write(bytes, to: Self.name(record))
  }

  /// Takes a record away.
  func remove(_ record: StorageRecord) { _ = unsafe unlink(path + "/" + Self.name(record)) }

  /// Reads what the host keeps beside the node's own records.
  func read(_ name: String) -> [UInt8]? {
    guard let file = try? InputFile(path + "/" + name), let bytes = try? file.read(),
      bytes.count >= 8, Array(bytes[..<8]) == Self.sum(bytes[8...])
    else { return nil }
    return Array(bytes[8...])
  }

  /// Writes what the host keeps beside the node's own records.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) -> Bool {
    let final = path + "/" + name
    let descriptor = unsafe open(final + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    let isWritten =
      Terminal.write(Self.sum(bytes[...]) + bytes, to: descriptor) && fsync(descriptor) == 0
    close(descriptor)
    guard isWritten, unsafe rename(final + ".new", final) == 0 else { return false }
    return Self.sync(path)
  }

  /// A name is on the disk when its folder is.
  private static func sync(_ path: String) -> Bool {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }

  private static func name(_ record: StorageRecord) -> String {
    switch record {
    case .boots: "boots"
    case .pairing: "pairing"
    case .dailyUse: "daily-use"
    case .light: "light"
    }
  }

  /// FNV-1a: against what breaks, not against who changes it.
  private static func sum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(56 - 8 * $0)) }
  }
}
