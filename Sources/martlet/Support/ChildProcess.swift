// Says `unsafe`: it hands arguments and descriptors to the kernel.

import Glibc

/// Another program, run to its end.
enum ChildProcess {
  /// Runs a program found by the search path, with our standard input and error; returns its exit
  /// status. What it prints goes to `output`, piece by piece, or where our own output goes.
  ///
  /// Throws `noInput` when it cannot be started.
  static func run(
    _ words: [String], output: ((ArraySlice<UInt8>) -> Void)? = nil
  ) throws(Failure) -> Int32 {
    var ends: [Int32] = [-1, -1]
    if output != nil {
      guard unsafe pipe(&ends) == 0 else { throw Failure(.system, "no pipe: errno \(errno)") }
    }
    let child = try spawn(words, output: output == nil ? nil : ends[1])
    if let output {
      Glibc.close(ends[1])
      forward(ends[0], to: output)
      Glibc.close(ends[0])
    }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    // WIFEXITED and WEXITSTATUS.
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
  }

  private static func spawn(_ words: [String], output: Int32?) throws(Failure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let result = unsafe posix_spawnp(&child, words[0], &actions, nil, &arguments, environ)
    guard result == 0 else {
      throw Failure(.noInput, "\(words[0]) cannot be started: is it installed?")
    }
    return child
  }

  private static func forward(_ descriptor: Int32, to output: (ArraySlice<UInt8>) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      output(buffer[..<count])
    }
  }
}
