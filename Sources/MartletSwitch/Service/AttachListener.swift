internal import MartletHost
internal import MartletReadiness

/// Where other processes hand descriptors over to ports: a socket in the switch's folder.
///
/// One message is one hand-over: the port's name and the MTU, a descriptor beside them. It is
/// answered by a line and the end.
final class AttachListener: DescriptorWatcher {
  /// The hand-overs that may be under way.
  private static var limit: Int { 16 }

  /// Gives a descriptor to a port.
  typealias Attach = (consuming Descriptor, Int, String) throws(SwitchError) -> Void

  private let loop: EventLoop
  private let path: String
  private let listener: Descriptor
  private let attach: Attach
  private var token: WatchToken?
  private var clients: [Client] = []

  init(at path: String, on loop: EventLoop, _ attach: @escaping Attach) throws(HostError) {
    self.loop = loop
    self.path = path
    self.attach = attach
    listener = try UnixNetwork.listener(at: path, backlog: 8)
    do throws(SystemError) {
      token = try loop.watch(listener.rawValue, for: .readable, self)
    } catch {
      throw .system(error, subject: path)
    }
  }

  /// Ends listening and whatever is under way.
  func close() {
    if let token { loop.unwatch(token) }
    token = nil
    for client in clients { client.close() }
    clients = []
    HostCalls.remove(path)
  }

  func descriptorIsReady(_ events: DescriptorEvents) {
    guard let socket = UnixNetwork.accept(listener.rawValue) else { return }
    // Who says nothing gives way to the next.
    if clients.count >= Self.limit { clients.removeFirst().close() }
    let client = Client(socket, on: loop) { [unowned self] client, message in
      handle(client, message)
    }
    if let client { clients.append(client) }
  }

  private func handle(_ client: Client, _ message: (text: String, descriptor: Int32?)) {
    let words = message.text.split(whereSeparator: \.isWhitespace).map(String.init)
    let answer: String
    if let number = message.descriptor {
      let descriptor = Descriptor(number)
      if words.count == 2, let mtu = Int(words[1]), (576...65_535).contains(mtu) {
        answer = take(descriptor, mtu, words[0])
      } else {
        answer = "error expected a port's name and an MTU"
      }
    } else {
      answer = "error no descriptor came with it"
    }
    client.end(answer)
    clients.removeAll { $0 === client }
  }

  private func take(_ descriptor: consuming Descriptor, _ mtu: Int, _ port: String) -> String {
    do throws(SwitchError) {
      try attach(descriptor, mtu, port)
      return "ok"
    } catch {
      return "error \(error)"
    }
  }

  /// One connection.
  private final class Client: DescriptorWatcher {
    private let socket: Descriptor
    private let loop: EventLoop
    private var token: WatchToken?
    private let body: (Client, (text: String, descriptor: Int32?)) -> Void

    init?(
      _ socket: consuming Descriptor, on loop: EventLoop,
      _ body: @escaping (Client, (text: String, descriptor: Int32?)) -> Void
    ) {
      self.socket = socket
      self.loop = loop
      self.body = body
      guard let token = try? loop.watch(self.socket.rawValue, for: .readable, self) else {
        return nil
      }
      self.token = token
    }

    func descriptorIsReady(_ events: DescriptorEvents) {
      if let message = DescriptorPassing.receive(from: socket.rawValue) { body(self, message) }
    }

    func end(_ answer: String) {
      DescriptorPassing.say(answer + "\n", on: socket.rawValue)
      close()
    }

    func close() {
      if let token { loop.unwatch(token) }
      token = nil
      DescriptorPassing.shutDown(socket.rawValue)
    }
  }
}
