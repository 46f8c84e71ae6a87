internal import HTTPTypes

/// The API's document, in OpenAPI 3.1: made of the operations that the routes are made of.
struct APIDocument {
  let text: String

  init(_ operations: [APIOperation]) {
    let paths = Set(operations.map(\.path)).sorted().map { path in
      let methods = operations.filter { $0.path == path }.map(Self.operation)
      return "\(JSONText.quoted(path)):{\(methods.joined(separator: ","))}"
    }
    text =
      "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Martlet hub\",\"version\":\"1\"},"
      + "\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}},"
      + "\"security\":[{\"token\":[]}],\"paths\":{\(paths.joined(separator: ","))}}\n"
  }

  private static func operation(_ operation: APIOperation) -> String {
    var members = ["\"summary\":\(JSONText.quoted(operation.summary))"]
    var parameters: [String] = []
    if operation.path.contains("{id}") {
      parameters.append(
        "{\"name\":\"id\",\"in\":\"path\",\"required\":true,"
          + "\"schema\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{1,32}$\"}}")
    }
    if operation.method == .get {
      parameters += operation.fields.map { field in
        "{\"name\":\(JSONText.quoted(field.name)),\"in\":\"query\","
          + "\"required\":\(field.isRequired),\"schema\":\(field.schema)}"
      }
    } else if !operation.fields.isEmpty {
      members.append("\"requestBody\":\(body(operation.fields))")
    }
    if !parameters.isEmpty {
      members.append("\"parameters\":[\(parameters.joined(separator: ","))]")
    }
    members.append("\"responses\":{\(responses)}")
    return "\"\(operation.method.rawValue.lowercased())\":{\(members.joined(separator: ","))}"
  }

  private static func body(_ fields: [APIOperation.Field]) -> String {
    let properties = fields.map { "\(JSONText.quoted($0.name)):\($0.schema)" }
    let required = fields.filter(\.isRequired).map { JSONText.quoted($0.name) }
    let list = required.isEmpty ? "" : ",\"required\":[\(required.joined(separator: ","))]"
    return "{\"required\":true,\"content\":{\"application/x-www-form-urlencoded\":{\"schema\":"
      + "{\"type\":\"object\",\"properties\":{\(properties.joined(separator: ","))}\(list)}}}}"
  }

  private static var responses: String {
    [
      ("200", "done"), ("400", "asked wrongly, and how"),
      ("401", "no token, or none of this hub's"), ("404", "there is no such thing"),
      ("409", "cannot be done as things stand, and why"),
    ].map { "\"\($0.0)\":{\"description\":\"\($0.1)\"}" }.joined(separator: ",")
  }
}
