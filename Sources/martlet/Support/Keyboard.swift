// Says `unsafe`: terminals and threads are given by address.

import Glibc

/// Single keys of the terminal, without Enter.
final class Keyboard: Sendable {
  private let before: termios
  private let press: @Sendable (UInt8) -> Void

  /// Calls `press` on a thread of its own for each key; `nil` when standard input is no terminal
  /// of this process: one in the background would be stopped for asking.
  init?(_ press: @escaping @Sendable (UInt8) -> Void) {
    var settings = termios()
    guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp(),
      unsafe tcgetattr(STDIN_FILENO, &settings) == 0
    else {
      return nil
    }
    before = settings
    self.press = press
    // Ctrl-C stays what it is.
    settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
    unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    let reader = unsafe Unmanaged.passRetained(self)
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { reader in
        if let reader = unsafe reader {
          unsafe Unmanaged<Keyboard>.fromOpaque(reader).takeRetainedValue().read()
        }
        return nil
      }, reader.toOpaque())
    if result != 0 { unsafe reader.release() }
  }

  private func read() {
    var byte: UInt8 = 0
    while unsafe Glibc.read(STDIN_FILENO, &byte, 1) == 1 { press(byte) }
  }

  /// Gives the terminal back as it was.
  func end() {
    var settings = before
    unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  }
}
