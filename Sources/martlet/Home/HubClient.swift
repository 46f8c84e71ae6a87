import Glibc
import MartletHome

/// A hub as commands see it: by its owner's socket, or by its address and a token.
struct HubClient: Sendable {
  private let peer: HTTPCall.Peer
  private let token: String?
  private let name: String

  /// The hub of a state folder.
  init(socketIn folder: String) {
    peer = .socket(path: HubFolder.socket(in: folder))
    token = nil
    name = "the hub of \(folder)"
  }

  /// The hub at an address such as `http://localhost:8080`.
  init(url: String, token: String) throws(Failure) {
    guard let call = HTTPCall(url: url) else {
      throw Failure(.usage, "--url: '\(url)' is not like http://localhost:8080")
    }
    peer = call.peer
    self.token = token
    name = "the hub at \(url)"
  }

  /// What a path says.
  func get(_ path: String) async throws -> String { try await ask("GET", path, []) }

  /// Makes a change, and returns what the hub says of it.
  @discardableResult
  func change(_ path: String, _ fields: [(String, String)] = []) async throws -> String {
    try await ask("POST", path, fields)
  }

  /// What a path says, as JSON.
  func json(_ path: String) async throws -> JSON {
    guard let json = JSON(parsing: Array(try await get(path).utf8)) else {
      throw Failure(.unavailable, "\(name) answers, but not as a hub does")
    }
    return json
  }

  private func ask(
    _ method: String, _ path: String, _ fields: [(String, String)]
  ) async throws -> String {
    var call = HTTPCall(peer, path: path)
    call.method = method
    if let token { call.fields.append((name: "Authorization", value: "Bearer \(token)")) }
    if method != "GET" {
      call.fields.append((name: "Content-Type", value: "application/x-www-form-urlencoded"))
    }
    call.body = Array(
      fields.map { "\(Self.encoded($0))=\(Self.encoded($1))" }.joined(separator: "&").utf8)
    let answer: HTTPCall.Answer
    do {
      answer = try await call.perform()
    } catch {
      throw Failure(
        .unavailable, "\(name) does not answer; start one: martlet hub, or martlet up (\(error))")
    }
    guard answer.status == 200 else { throw failure(answer) }
    return answer.text
  }

  private func failure(_ answer: HTTPCall.Answer) -> Failure {
    let said = JSON(parsing: answer.body)?["error"]?.string
    let text =
      said ?? answer.text.split(separator: "\n").first.map(String.init) ?? "\(answer.status)"
    switch answer.status {
    case 400: return Failure(.usage, text)
    case 401, 403, 421: return Failure(.noPermission, "\(name): \(text)")
    case 404: return Failure(.noInput, text)
    default: return Failure(.unavailable, text)
    }
  }

  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
