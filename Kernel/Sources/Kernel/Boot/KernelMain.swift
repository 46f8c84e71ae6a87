import CPlatform
import MartletDrivers

/// The kernel's life: called once by boot.S, in long mode with interrupts masked.
@c(kernel_main)
func kernelMain(_ magic: UInt32, _ address: UInt32) {
  Console.start()
  log("Martlet kernel")
  let memory = IdentityMemory()
  let information: BootInformation
  do throws(FirmwareError) {
    information = try BootInformation(magic: magic, address: UInt64(address), in: memory)
  } catch {
    Panic.stop("panic: the loader's information cannot be read")
  }
  Kernel.commandLine = information.commandLine(in: memory)
  Panic.exitsToDebugPort = Kernel.commandLine.has("debug-exit")
  log(information.loader == .pvh ? "boot: PVH" : "boot: multiboot2")

  descriptor_tables_load()
  FrameAllocator.shared.start(information, in: memory)
  PageTables.start(memoryEnd: FrameAllocator.shared.end)
  log(
    "memory: \(FrameAllocator.shared.freeCount * 4) KiB free of \(FrameAllocator.shared.totalCount * 4)"
  )
  Vectors.start()
  Interrupts.start(rootPointer: information.rootPointer, in: memory)
  Scheduler.start()
  SelfTest.runIfAsked()
  Network.start()
  Programs.start()
  Scheduler.exit()
}

/// What the whole kernel shares.
enum Kernel {
  /// What the loader was told; set before anything else runs.
  @safe nonisolated(unsafe) static var commandLine = CommandLine()
}
