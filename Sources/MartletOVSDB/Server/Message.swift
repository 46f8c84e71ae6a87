/// A message of JSON-RPC 1.0, as RFC 7047, section 4, uses it.
enum Message {
  case request(method: String, params: [JSONValue], id: JSONValue)
  case notification(method: String, params: [JSONValue])
  /// An answer to one of our own requests.
  case reply(id: JSONValue)

  init(_ json: JSONValue) throws(SessionEnd) {
    guard let members = json.object else { throw .badMessage("expected an object") }
    let id = members["id"] ?? .null
    guard let method = members["method"], !method.isNull else {
      guard !id.isNull, members["result"] != nil || members["error"] != nil else {
        throw .badMessage("neither a method nor an answer")
      }
      self = .reply(id: id)
      return
    }
    guard let name = method.string else { throw .badMessage("the method must be a string") }
    guard let params = members["params"]?.array else {
      throw .badMessage("the params of \(name) must be an array")
    }
    self =
      id.isNull
      ? .notification(method: name, params: params)
      : .request(method: name, params: params, id: id)
  }

  static func result(_ result: JSONValue, id: JSONValue) -> JSONValue {
    ["result": result, "error": .null, "id": id]
  }

  static func error(_ error: JSONValue, id: JSONValue) -> JSONValue {
    ["result": .null, "error": error, "id": id]
  }

  static func notify(_ method: String, _ params: [JSONValue]) -> JSONValue {
    ["method": .string(method), "params": .array(params), "id": .null]
  }
}
