import CPlatform
import MartletDevice

/// The kernel's text output: the serial line and, where there is one, the VGA text screen.
struct Console {
  private var serial = SerialPort(base: 0x3F8)
  private var screen = TextScreen()

  /// Written from threads, from interrupt handlers and by a panic: interrupts are masked while a
  /// line is written, so that lines stay whole.
  @safe nonisolated(unsafe) private static var shared = Console()

  /// The last lines, for `dmesg`.
  @safe nonisolated(unsafe) static var history = LogHistory()

  /// Prepares the devices.
  static func start() {
    shared.serial.start()
    shared.screen.clear()
  }

  /// Writes one line.
  static func print(_ line: LogLine) {
    withInterruptsMasked {
      history.append(line)
      for index in 0..<line.count { shared.write(line[index]) }
      shared.write(UInt8(ascii: "\n"))
    }
  }

  /// Writes without a line end.
  static func write(_ text: LogLine) {
    withInterruptsMasked {
      for index in 0..<text.count { shared.write(text[index]) }
    }
  }

  /// Writes one line that the log does not keep.
  static func say(_ line: LogLine) {
    withInterruptsMasked {
      for index in 0..<line.count { shared.write(line[index]) }
      shared.write(UInt8(ascii: "\n"))
    }
  }

  // MARK: Input

  @safe nonisolated(unsafe) private static var typed = InlineArray<256, UInt8>(repeating: 0)
  @safe nonisolated(unsafe) private static var typedCount = 0
  @safe nonisolated(unsafe) private static var readers: WaitQueue?

  /// Lets the serial line's input in.
  static func startInput() {
    readers = WaitQueue()
    Interrupts.listen(isa: 4) {
      var hasRead = false
      while let byte = shared.serial.read() {
        hasRead = true
        // What nobody reads is dropped when there is no room for it.
        if typedCount < typed.count {
          typed[typedCount] = byte
          typedCount += 1
        }
      }
      if hasRead { readers?.wakeOne() }
      return hasRead
    }
    shared.serial.enableInput()
  }

  /// Waits for a byte; `nil` when none has come by `deadline`.
  static func read(until deadline: Instant? = nil) -> UInt8? {
    guard let readers, readers.wait(until: deadline, while: { typedCount == 0 }) else {
      return nil
    }
    return withInterruptsMasked {
      guard typedCount > 0 else { return nil }
      let byte = typed[0]
      for index in 1..<typedCount { typed[index - 1] = typed[index] }
      typedCount -= 1
      return byte
    }
  }

  private mutating func write(_ byte: UInt8) {
    serial.write(byte)
    screen.write(byte)
  }
}

/// Writes one line to the console that the log does not keep: an answer.
func say(_ line: LogLine) { Console.say(line) }

/// Writes one line to the console.
func log(_ line: LogLine) { Console.print(line) }
