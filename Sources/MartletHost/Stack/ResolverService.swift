internal import MartletDevice
internal import MartletServices
internal import MartletStack
internal import MartletWire

/// A resolver that lives on a stack, and the tasks that wait for its answers.
final class ResolverService: StackService {
  private var resolver = DNSResolver()
  private var waiting: [DNSQueryID: Waiter] = [:]
  private var answers: [DNSQueryID: DNSAnswer.Outcome] = [:]

  func setServers(_ servers: [IPv4Address]) { resolver.setServers(servers) }

  /// The tasks that wait.
  var waitingCount: Int { waiting.count }

  /// Looks for a name; when the task is cancelled nothing is left behind.
  func resolve(
    _ name: DomainName, of driver: StackDriver
  ) async throws(CancellationError) -> Result<[IPv4Address], DNSFailure> {
    let id: DNSQueryID
    do throws(DNSFailure) {
      id = try resolver.resolve(name, on: &driver.stack, now: driver.now)
    } catch {
      return .failure(error)
    }
    takeAnswers()
    if answers[id] == nil {
      let waiter = Waiter()
      waiting[id] = waiter
      let outcome = await waiter.wait()
      waiting[id] = nil
      guard outcome == .ready else {
        answers[id] = nil
        resolver.cancel(id, on: &driver.stack, now: driver.now)
        throw CancellationError()
      }
    }
    switch answers.removeValue(forKey: id) {
    case .addresses(let addresses): return .success(addresses)
    case .failed(let failure): return .failure(failure)
    case nil: return .failure(.noAnswer)
    }
  }

  private func takeAnswers() {
    while let answer = resolver.nextAnswer() {
      answers[answer.query] = answer.outcome
      waiting[answer.query]?.resume()
    }
  }

  // MARK: On the stack

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    let isOwn = resolver.handle(event, on: &stack, now: now)
    if isOwn { takeAnswers() }
    return isOwn
  }

  func poll(on stack: inout Stack, now: Instant) {
    resolver.poll(on: &stack, now: now)
    takeAnswers()
  }

  var nextDeadline: Instant? { resolver.nextDeadline }
}
