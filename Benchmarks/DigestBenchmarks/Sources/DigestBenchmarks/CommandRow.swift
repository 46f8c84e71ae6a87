// This file says `unsafe`: it starts programs by the C library.

import Foundation
import Glibc

/// `martlet sha256` beside `sha256sum`, on a file that lies in memory already.
enum CommandRow {
  private static var size: Int { 1_000_000_000 }

  /// Measures; `nil` if one of the programs or the room for the file is missing.
  static func measure(martlet: String) -> Row? {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("martlet-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: file) }
    guard write(to: file) else { return nil }
    var times: (ours: [Double], peer: [Double]) = ([], [])
    for _ in 0..<5 {
      guard let ours = time(martlet, ["sha256", file.path]),
        let peer = time("/usr/bin/sha256sum", [file.path])
      else { return nil }
      times.ours.append(ours)
      times.peer.append(peer)
    }
    let result = { (times: [Double]) in
      Race.Result(best: times.min() ?? 0, median: times.sorted()[times.count / 2])
    }
    return Row(
      id: "digest.command.1GB", peerName: "sha256sum", goal: 5, byteCount: size,
      race: (result(times.ours), result(times.peer)))
  }

  private static func write(to file: URL) -> Bool {
    guard FileManager.default.createFile(atPath: file.path, contents: nil),
      let handle = try? FileHandle(forWritingTo: file)
    else { return false }
    defer { try? handle.close() }
    let piece = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    for _ in 0..<(size / piece.count) {
      do { try handle.write(contentsOf: piece) } catch { return false }
    }
    return true
  }

  /// The seconds from the program's start to its end, without what a process class adds to them.
  private static func time(_ program: String, _ arguments: [String]) -> Double? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    let clock = ContinuousClock()
    let start = clock.now
    var child: pid_t = 0
    guard unsafe posix_spawn(&child, program, &actions, nil, &words, environ) == 0 else {
      return nil
    }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 { guard errno == EINTR else { return nil } }
    let time = start.duration(to: clock.now) / .seconds(1)
    return status == 0 ? time : nil
  }
}
