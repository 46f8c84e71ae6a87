import CPlatform
import MartletDrivers

/// The interrupt lines: who listens on each, and what arrived that nobody had asked for.
enum Interrupts {
  /// Vectors 32...79 are the lines, in the order of the global interrupts (8259: of the ISA lines).
  private static let firstVector: UInt64 = 32
  private static let lineCount: UInt32 = 48
  /// The vectors behind them are for messages.
  private static let firstMessage: UInt64 = 80
  private static let messageLimit = 64
  /// A line that nobody answers to this often in a row is stuck, and masked.
  private static let stormLimit = 10_000

  /// Changed with interrupts masked.
  @safe nonisolated(unsafe) private static var lines = [Line](repeating: Line(), count: 48)
  @safe nonisolated(unsafe) private static var messages: [() -> Void] = []
  @safe nonisolated(unsafe) private static var localAPIC: LocalAPIC?
  @safe nonisolated(unsafe) private static var ioAPICs: [IOAPIC] = []
  @safe nonisolated(unsafe) private static var controllers: InterruptControllers?
  /// Interrupts that no device had asked for.
  @safe nonisolated(unsafe) private(set) static var spuriousCount = 0

  private struct Line {
    var handlers: [() -> Bool] = []
    var unanswered = 0
  }

  /// Takes over the APICs that the MADT names, or the 8259s if there are none; interrupts stay
  /// masked.
  static func start(rootPointer: UInt64?, in memory: IdentityMemory) {
    PIC8259.start()
    if !LocalAPIC.isPresent || Kernel.commandLine.has("noapic") {
      log("interrupts: no APIC, using the 8259")
    } else {
      do throws(FirmwareError) {
        try startAPICs(rootPointer: rootPointer, in: memory)
      } catch {
        log("interrupts: no usable ACPI tables, using the 8259")
      }
    }
    Clock.start(localAPIC: localAPIC)
    if localAPIC == nil { PIC8259.unmask(0) }
  }

  private static func startAPICs(
    rootPointer: UInt64?, in memory: IdentityMemory
  ) throws(FirmwareError) {
    let tables = try ACPITables(rootPointer: rootPointer, in: memory)
    let found = try InterruptControllers(tables: tables, in: memory)
    guard !found.ioAPICs.isEmpty, found.localAPICAddress < 1 << 32 else { throw .missing }
    let apic = LocalAPIC(base: UInt(found.localAPICAddress))
    for ioAPIC in found.ioAPICs where ioAPIC.address < 1 << 32 {
      ioAPICs.append(
        IOAPIC(base: UInt(ioAPIC.address), firstInterrupt: ioAPIC.firstInterrupt))
    }
    localAPIC = apic
    controllers = found
    log(
      "interrupts: local APIC \(apic.identifier), \(ioAPICs.count) I/O APIC, \(found.processors.count) processors"
    )
  }

  /// Calls `handler` for each interrupt of a PCI function's line. It runs with interrupts masked
  /// and says whether its device had asked for one. False where there is no such line.
  static func listen(line: UInt8, _ handler: @escaping () -> Bool) -> Bool {
    guard line < 16 else { return false }
    return withInterruptsMasked {
      guard let controllers, let localAPIC else {
        lines[Int(line)].handlers.append(handler)
        PIC8259.unmask(line)
        return true
      }
      let wiring = controllers.wiring(ofISA: line)
      guard wiring.interrupt < lineCount,
        let ioAPIC = ioAPICs.first(where: { $0.handles(wiring.interrupt) })
      else { return false }
      lines[Int(wiring.interrupt)].handlers.append(handler)
      // PCI shares lines, so they are levels; their polarity is the override's, if there is one.
      let isOverridden = controllers.overrides.contains { $0.source == line }
      ioAPIC.route(
        wiring.interrupt, to: UInt32(firstVector) + wiring.interrupt,
        processor: localAPIC.identifier, isActiveLow: isOverridden ? wiring.isActiveLow : true,
        isLevelTriggered: true)
      return true
    }
  }

  /// Calls `handler` for each interrupt of an ISA line, which is an edge: the serial port's.
  static func listen(isa line: UInt8, _ handler: @escaping () -> Bool) {
    withInterruptsMasked {
      guard let controllers, let localAPIC else {
        lines[Int(line)].handlers.append(handler)
        return PIC8259.unmask(line)
      }
      let wiring = controllers.wiring(ofISA: line)
      guard wiring.interrupt < lineCount,
        let ioAPIC = ioAPICs.first(where: { $0.handles(wiring.interrupt) })
      else { return }
      lines[Int(wiring.interrupt)].handlers.append(handler)
      ioAPIC.route(
        wiring.interrupt, to: UInt32(firstVector) + wiring.interrupt,
        processor: localAPIC.identifier, isActiveLow: wiring.isActiveLow,
        isLevelTriggered: false)
    }
  }

  /// Calls `handler` for each message of a device (MSI-X), which is then to be told what to write
  /// where. `nil` where there is no local APIC to write to, or no vector left.
  static func listenForMessages(
    _ handler: @escaping () -> Void
  ) -> (address: UInt64, data: UInt32)? {
    withInterruptsMasked {
      guard let localAPIC, messages.count < messageLimit else { return nil }
      let vector = UInt32(firstMessage) + UInt32(messages.count)
      messages.append(handler)
      // Physical destination, fixed, an edge (Intel SDM volume 3, 11.11).
      return (0xFEE0_0000 | UInt64(localAPIC.identifier) << 12, vector)
    }
  }

  /// Whether devices can send messages.
  static var takesMessages: Bool { localAPIC != nil && !Kernel.commandLine.has("nomsi") }

  /// One interrupt that is not an exception.
  static func handle(_ vector: UInt64) {
    if vector == LocalAPIC.timerVector {
      localAPIC?.endInterrupt()
      Scheduler.timerFired()
      return
    }
    if vector >= firstMessage, vector - firstMessage < UInt64(messages.count) {
      messages[Int(vector - firstMessage)]()
      localAPIC?.endInterrupt()
      return
    }
    guard vector >= firstVector, vector < firstVector + UInt64(lineCount) else {
      // The APIC's own spurious vector is not ended: it was never begun.
      spuriousCount += 1
      if vector != LocalAPIC.spuriousVector { localAPIC?.endInterrupt() }
      return
    }
    let line = Int(vector - firstVector)
    if let localAPIC {
      dispatch(line)
      localAPIC.endInterrupt()
    } else if !PIC8259.end(UInt8(truncatingIfNeeded: line)) {
      spuriousCount += 1
    } else if line == 0 {
      Scheduler.timerFired()
    } else {
      dispatch(line)
    }
  }

  private static func dispatch(_ line: Int) {
    var isAnswered = false
    for handler in lines[line].handlers where handler() { isAnswered = true }
    if isAnswered {
      lines[line].unanswered = 0
      return
    }
    spuriousCount += 1
    lines[line].unanswered += 1
    if lines[line].unanswered >= stormLimit { silence(line) }
  }

  /// Masks a line whose device cannot be quieted, so that the rest of the machine goes on.
  private static func silence(_ line: Int) {
    log("interrupts: line \(line) storms and nobody answers: masked")
    let interrupt = UInt32(truncatingIfNeeded: line)
    if let ioAPIC = ioAPICs.first(where: { $0.handles(interrupt) }) {
      ioAPIC.mask(interrupt)
    } else {
      PIC8259.mask(UInt8(truncatingIfNeeded: line))
    }
  }
}
