public import MartletDevice
internal import MartletReadiness
public import MartletServices
public import MartletStack
public import MartletWire

extension NetworkStack {
  // MARK: DHCP

  /// Gets an interface's address, routes and name servers from a DHCP server, and keeps them for as
  /// long as the stack lives; returns when they are in use.
  ///
  /// An address is probed for before it is used, which takes some seconds. Throws `timedOut` when no
  /// server answers within `timeout`; then, and when the task is cancelled, nothing is left behind.
  /// Throws `badState` when the interface is configured by DHCP already, or is no Ethernet.
  @discardableResult
  public func configureByDHCP(
    on interface: InterfaceID, options: DHCPv4ClientOptions = DHCPv4ClientOptions(),
    timeout: Interval = .seconds(60)
  ) async throws(NetworkError) -> DHCPv4Lease {
    guard let capabilities = driver.stack.capabilities(of: interface) else {
      throw .stack(.noSuchInterface)
    }
    guard capabilities.medium == .ethernet, driver.dhcp(on: interface) == nil else {
      throw .badState
    }
    let service = DHCPService(
      DHCPv4Client(interface: interface, linkAddress: capabilities.linkAddress, options: options),
      of: driver)
    do throws(StackError) { try service.start() } catch { throw .stack(error) }
    driver.add(service)
    do throws(NetworkError) {
      let deadline = MonotonicClock.now + timeout
      while service.lease == nil {
        guard try await service.wait(until: deadline) else {
          throw .timedOut(Endpoint(.broadcast, port: 67))
        }
      }
    } catch {
      service.stop()
      driver.remove(service)
      throw error
    }
    guard let lease = service.lease else { throw .badState }
    return lease
  }

  /// What DHCP has lent an interface; `nil` while it has not.
  public func lease(of interface: InterfaceID) -> DHCPv4Lease? {
    driver.dhcp(on: interface)?.lease
  }

  /// Gives an interface's address back and ends DHCP on it.
  public func releaseDHCP(on interface: InterfaceID) async {
    guard let service = driver.dhcp(on: interface) else { return }
    service.release()
    let deadline = MonotonicClock.now + .seconds(5)
    while !service.isStopped {
      guard (try? await service.wait(until: deadline)) == true else { break }
    }
    service.stop()
    driver.remove(service)
  }

  // MARK: Names

  /// Sets who is asked for names, the preferred first. DHCP sets those of its lease.
  public func setNameServers(_ servers: [IPv4Address]) { driver.resolver.setServers(servers) }

  /// The addresses of a host, at least one; an address in dotted form is its own.
  ///
  /// Throws `nameNotFound` for a name that has none or is none, `nameServerFailed` when nobody can
  /// say.
  public func resolve(_ name: String) async throws(NetworkError) -> [IPv4Address] {
    if let address = IPv4Address(name) { return [address] }
    guard let domain = DomainName(ascii: name.utf8) else { throw .nameNotFound(name) }
    let result: Result<[IPv4Address], DNSFailure>
    do throws(CancellationError) {
      result = try await driver.resolver.resolve(domain, of: driver)
    } catch {
      throw .cancelled
    }
    switch result {
    case .success(let addresses): return addresses
    case .failure(.noSuchName), .failure(.noAddress): throw .nameNotFound(name)
    case .failure(.tooManyQueries): throw .tooMany("names being looked for")
    case .failure: throw .nameServerFailed(name)
    }
  }

  /// Opens a TCP connection to a host by its name: to the first of its addresses that accepts it.
  public func connect(
    to name: String, port: UInt16
  ) async throws(NetworkError) -> TCPConnection {
    var failure = NetworkError.nameNotFound(name)
    for address in try await resolve(name) {
      do throws(NetworkError) {
        return try await connect(to: Endpoint(address, port: port))
      } catch {
        guard error != .cancelled else { throw error }
        failure = error
      }
    }
    throw failure
  }
}
