internal import CMartletDigest

/// What a kernel does around code that uses vector registers.
///
/// In a program on an operating system the vector registers belong to the program. In a kernel they
/// belong to whoever was interrupted: without a bracket an Embedded build hashes in general
/// registers only. With one, every run of blocks stands between `begin` and `end`.
public enum VectorBracket {
  /// Installs the bracket. Call it once at the start, before any other thread hashes.
  ///
  /// - Parameters:
  ///   - begin: Saves the vector registers that the processor has (and allows their use). Returns
  ///     whether they may be used now: `false`, for example in an interrupt, means the portable path
  ///     for this run of blocks, and no call of `end`.
  ///   - end: Brings them back.
  public static func install(
    begin: @escaping @convention(c) () -> Bool, end: @escaping @convention(c) () -> Void
  ) {
    martlet_bracket_install(begin, end)
  }

  /// Whether a bracket was installed.
  static var isInstalled: Bool { martlet_bracket_is_installed() }

  /// Opens the bracket, if there is one; `false` if vector registers may not be used now.
  static func begin() -> Bool { martlet_bracket_begin() }

  /// Closes the bracket, if there is one.
  static func end() { martlet_bracket_end() }
}
