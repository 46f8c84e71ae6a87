public import MartletDevice
internal import MartletReadiness
public import MartletStack
public import MartletWire

/// A TCP/IP stack of our own on an event loop: it drives the devices attached to it, and makes
/// sockets.
///
/// ```swift
/// let loop = try EventLoop()
/// let network = NetworkStack(loop: loop)
/// let tap = try await network.attach(TunTapDevice(.tap, named: "tap0"))
/// try await network.addAddress(IPv4Prefix(IPv4Address(10, 0, 0, 2), length: 24), on: tap.interface)
/// try await network.addGateway(IPv4Address(10, 0, 0, 1))
/// ```
///
/// Its methods, and those of its sockets, run on the loop's thread: a task that prefers the loop
/// (`EventLoop.run`) calls the stack without changing threads. It lives for as long as it, or one of
/// its sockets, is held.
public actor NetworkStack: Network {
  /// The loop that the stack lives on.
  public nonisolated let loop: EventLoop
  nonisolated let driver: StackDriver

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Makes a stack without interfaces.
  ///
  /// - Parameters:
  ///   - loop: Where it lives.
  ///   - configuration: The sizes of its tables, and its policies.
  ///   - seed: Entropy; only tests give any.
  public init(
    loop: EventLoop, configuration: Configuration = Configuration(), seed: Seed? = nil
  ) {
    let seed =
      seed ?? Seed(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    let driver = StackDriver(Stack(configuration: configuration, seed: seed), on: loop)
    self.loop = loop
    self.driver = driver
    loop.perform { loop.attach(driver) }
  }

  // Not an isolated one: Swift 6.3 fails on it when it optimises a module that uses this one.
  deinit { loop.perform { [driver] in driver.end() } }

  /// Calls `body` with the stack itself and the time; what that leaves to be sent goes out in the
  /// same round of the loop.
  ///
  /// `body` must not call the network again.
  public func withStack<Result: Sendable, Failure: Error>(
    _ body: @Sendable (inout Stack, Instant) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(&driver.stack, loop.now)
  }

  // MARK: Addresses and routes

  /// Gives an interface an address, and a route to the network it lies in.
  ///
  /// With `probing`, whether another host has it is asked first (RFC 5227): it is used only some 4 to
  /// 7 s later.
  public func addAddress(
    _ address: IPv4Prefix, on interface: InterfaceID, probing: Bool = false
  ) throws(NetworkError) {
    try mapped { () throws(StackError) in
      try driver.stack.addAddress(address, on: interface, probing: probing)
    }
  }

  /// Takes an address away; connections that use it find no route any more.
  public func removeAddress(_ address: IPv4Address) throws(NetworkError) {
    try mapped { () throws(StackError) in try driver.stack.removeAddress(address) }
  }

  /// Sends what goes nowhere else through `gateway`, which must lie in an interface's network.
  public func addGateway(_ gateway: IPv4Address) throws(NetworkError) {
    try addRoute(to: IPv4Prefix(.unspecified, length: 0), via: gateway)
  }

  /// Sends packets for `destination` through a router.
  public func addRoute(
    to destination: IPv4Prefix, via gateway: IPv4Address
  ) throws(NetworkError) {
    try mapped { () throws(StackError) in
      try driver.stack.addRoute(to: destination, via: gateway)
    }
  }

  /// Sends packets for `destination` to its hosts themselves, on an interface's link.
  public func addRoute(
    to destination: IPv4Prefix, on interface: InterfaceID
  ) throws(NetworkError) {
    try mapped { () throws(StackError) in
      try driver.stack.addRoute(to: destination, on: interface)
    }
  }

  // MARK: Services

  /// Lets `service` have the events of sockets, after those added earlier and before the
  /// asynchronous sockets.
  public func addService<Service: StackService & Sendable>(_ service: Service) {
    driver.add(service)
  }

  /// Makes a service on the loop's thread, where it may open its listeners and sockets, and adds it.
  public func addService<Service: StackService>(
    making make: @Sendable (inout Stack, Instant) throws(StackError) -> Service
  ) throws(NetworkError) {
    try mapped { () throws(StackError) in driver.add(try make(&driver.stack, loop.now)) }
  }

  /// Lets `service` have no more events. What it has opened it must close itself.
  public func removeService<Service: StackService & Sendable>(_ service: Service) {
    driver.remove(service)
  }

  private func mapped(_ body: () throws(StackError) -> Void) throws(NetworkError) {
    do throws(StackError) { try body() } catch { throw .stack(error) }
  }
}
