import CPlatform

/// The kernel's text output: the serial line and, where there is one, the VGA text screen.
struct Console {
  private var serial = SerialPort(base: 0x3F8)
  private var screen = TextScreen()

  /// Written from threads, from interrupt handlers and by a panic: interrupts are masked while a
  /// line is written, so that lines stay whole.
  @safe nonisolated(unsafe) private static var shared = Console()

  /// Prepares the devices.
  static func start() {
    shared.serial.start()
    shared.screen.clear()
  }

  /// Writes one line.
  static func print(_ line: LogLine) {
    withInterruptsMasked {
      for index in 0..<line.count { shared.write(line[index]) }
      shared.write(UInt8(ascii: "\n"))
    }
  }

  private mutating func write(_ byte: UInt8) {
    serial.write(byte)
    screen.write(byte)
  }
}

/// Writes one line to the console.
func log(_ line: LogLine) { Console.print(line) }
