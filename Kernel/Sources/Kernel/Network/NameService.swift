import MartletDevice
import MartletServices
import MartletStack
import MartletWire

/// The resolver, and the threads that wait for its answers.
final class NameService {
  private var resolver: Permanent<DNSResolver>
  private var questions: [Question] = []

  /// A name that a thread wants the addresses of.
  final class Question {
    fileprivate let waiters = WaitQueue()
    fileprivate var query: DNSQueryID?
    fileprivate(set) var outcome: DNSAnswer.Outcome?

    /// Waits until it is answered.
    func wait() { waiters.wait { outcome == nil } }

    fileprivate func finish(_ outcome: DNSAnswer.Outcome) {
      withInterruptsMasked { self.outcome = outcome }
      waiters.wakeAll()
    }
  }

  init(servers: [IPv4Address]) {
    resolver = Permanent(DNSResolver(servers: servers, queryLimit: 8, cacheCapacity: 64))
  }

  var nextDeadline: Instant? { resolver.value.nextDeadline }

  func setServers(_ servers: [IPv4Address]) { resolver.value.setServers(servers) }

  /// Begins to look for a name.
  func ask(_ question: Question, _ name: DomainName, on stack: inout Stack, now: Instant) {
    do throws(DNSFailure) {
      question.query = try resolver.value.resolve(name, on: &stack, now: now)
      questions.append(question)
    } catch {
      question.finish(.failed(error))
    }
  }

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    resolver.value.handle(event, on: &stack, now: now)
  }

  func poll(on stack: inout Stack, now: Instant) {
    resolver.value.poll(on: &stack, now: now)
    while let answer = resolver.value.nextAnswer() {
      for question in questions where question.query == answer.query {
        question.finish(answer.outcome)
      }
      questions.removeAll { $0.query == answer.query }
    }
  }
}
