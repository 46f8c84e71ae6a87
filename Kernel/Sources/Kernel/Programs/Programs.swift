import CPlatform
import MartletDrivers

/// The threads that are linked in.
enum Programs {
  /// Starts them.
  static func start() {
    EchoServer.start()
    Shell.start()
    if Kernel.commandLine.has("burn") {
      // For tests: a thread that wants the whole processor.
      Scheduler.spawn("burner") { while true { processor_pause() } }
    }
  }
}
