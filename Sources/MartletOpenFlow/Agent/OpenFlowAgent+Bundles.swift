internal import MartletDevice
internal import MartletFlow

/// Bundles (ONF extension 230): changes that are made together, or not at all.
extension OpenFlowAgent {
  mutating func bundleControl(
    _ reader: inout ByteReader, _ message: OpenFlowMessage, _ version: OpenFlowVersion,
    _ place: Int, _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    let id = try reader.read(UInt32.self)
    let type = try reader.read(UInt16.self)
    let flags = try reader.read(UInt16.self)
    guard flags & ~3 == 0 else { throw .bundleBadFlags }
    let index = connections[place].bundles.firstIndex { $0.id == id }
    switch type {
    case 0:
      guard index == nil else { throw .bundleExists }
      guard connections[place].bundles.count < configuration.bundleLimit.bundles else {
        throw .outOfBundles
      }
      connections[place].bundles.append(AgentConnection.Bundle(id: id, flags: flags))
    case 2:
      guard let index else { throw .bundleBadID }
      guard !connections[place].bundles[index].isClosed else { throw .bundleClosed }
      connections[place].bundles[index].isClosed = true
    case 4:
      guard let index else { throw .bundleBadID }
      try mayChange(place)
      let bundle = connections[place].bundles.remove(at: index)
      do throws(OpenFlowError) {
        try commit(bundle, version, place, &datapath, now: now)
      } catch {
        throw .bundleFailed
      }
    case 6:
      guard let index else { throw .bundleBadID }
      connections[place].bundles.remove(at: index)
    default: throw .bundleBadType
    }
    var body = ByteWriter()
    body.append(Experimenter.onf)
    body.append(UInt32(2300))
    body.append(id)
    body.append(type + 1)
    body.append(flags)
    write(place, version, .experimenter, body.bytes, transaction: message.transaction, now: now)
  }

  mutating func bundleAdd(
    _ reader: inout ByteReader, _ message: OpenFlowMessage, _ version: OpenFlowVersion,
    _ place: Int
  ) throws(OpenFlowError) {
    let id = try reader.read(UInt32.self)
    try reader.skip(2)
    let flags = try reader.read(UInt16.self)
    guard flags & ~3 == 0 else { throw .bundleBadFlags }
    guard reader.remaining >= 8 else { throw .bundleBadLength }
    let length = Int(reader.bytes[reader.offset + 2]) << 8 | Int(reader.bytes[reader.offset + 3])
    guard length >= 8, length <= reader.remaining else { throw .bundleBadLength }
    var inner = try reader.take(length)
    guard let inner = OpenFlowMessage(inner.rest()) else { throw .bundleBadLength }
    guard inner.version == version.rawValue else { throw .badVersion }
    guard inner.transaction == message.transaction else { throw .bundleBadTransaction }
    guard inner.type == .flowMod else { throw .bundleUnsupported }
    if !connections[place].bundles.contains(where: { $0.id == id }) {
      guard connections[place].bundles.count < configuration.bundleLimit.bundles else {
        throw .outOfBundles
      }
      connections[place].bundles.append(AgentConnection.Bundle(id: id, flags: flags))
    }
    guard let index = connections[place].bundles.firstIndex(where: { $0.id == id }) else {
      throw .bundleBadID
    }
    guard !connections[place].bundles[index].isClosed else { throw .bundleClosed }
    guard connections[place].bundles[index].messages.count < configuration.bundleLimit.messages
    else { throw .bundleTooMany }
    // What cannot be read is refused at once.
    _ = try flowMod(inner, version, place)
    connections[place].bundles[index].messages.append(inner)
  }

  /// Makes all changes; when one is refused, those before it are undone and its error is told.
  private mutating func commit(
    _ bundle: AgentConnection.Bundle, _ version: OpenFlowVersion, _ place: Int,
    _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    tellRemovedFlows(&datapath, now: now)
    var undo: [Undo] = []
    for message in bundle.messages {
      do throws(OpenFlowError) {
        let mod = try flowMod(message, version, place)
        undo.append(Undo(of: mod, datapath))
        try change(mod, &datapath, now: now)
      } catch {
        for step in undo.reversed() { step.run(&datapath, now: now) }
        // What went meanwhile has come back.
        while datapath.nextRemovedFlow() != nil {}
        refuse(message, error, version, place, now: now)
        throw error
      }
    }
  }

  /// How a change is undone: the flows as they were, and the one that may be new.
  private struct Undo {
    var before: [Flow] = []
    var added: FlowFilter?

    init(of mod: FlowMod, _ datapath: borrowing Datapath) {
      var exact = FlowFilter()
      exact.table = mod.flow.table
      exact.match = mod.flow.match
      exact.strictPriority = mod.flow.priority
      if mod.command == .add {
        if let old = datapath.flow(exact) { before.append(old) } else { added = exact }
        return
      }
      datapath.forEachFlow(mod.filter) { before.append($0) }
      if before.isEmpty, !mod.command.isDelete, mod.addsMissing { added = exact }
    }

    func run(_ datapath: inout Datapath, now: Instant) {
      if let added { datapath.delete(added, now: now) }
      // There was room for them before.
      for flow in before { try? datapath.restore(flow, now: now) }
    }
  }
}
