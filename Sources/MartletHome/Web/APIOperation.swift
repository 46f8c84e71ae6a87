internal import HTTPTypes

/// One thing that programs can ask the hub for: its route, its parameters, what it does. The API's
/// document is made of these, and so are its routes.
struct APIOperation: Sendable {
  /// A parameter of a form's body, or of the query of a GET.
  struct Field: Sendable {
    let name: String
    let isRequired: Bool
    /// What it may be, as JSON Schema.
    let schema: String
  }

  /// What was asked.
  struct Call: Sendable {
    /// The path's `{id}`, or empty.
    let id: String
    let form: Form

    /// A whole number in a range, if it is given.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
      guard let value = form[name] else { return nil }
      guard let number = Int(value), range.contains(number) else {
        throw HubService.Refusal(
          description: "\(name): expected \(range.lowerBound) to \(range.upperBound)",
          reason: .invalid)
      }
      return number
    }

    /// One of some words, if it is given.
    func word(_ name: String, of words: [String]) throws -> String? {
      guard let value = form[name] else { return nil }
      guard words.contains(value) else {
        throw HubService.Refusal(
          description: "\(name): expected \(words.joined(separator: ", "))", reason: .invalid)
      }
      return value
    }

    /// A parameter that must be there.
    func required(_ name: String) throws -> String {
      guard let value = form[name], !value.isEmpty else {
        throw HubService.Refusal(description: "\(name): is missing", reason: .invalid)
      }
      return value
    }
  }

  let method: HTTPRequest.Method
  let path: String
  let summary: String
  var fields: [Field] = []
  /// Does it, and says how it went as JSON.
  let answer: @Sendable (Call) async throws -> String
}

extension APIOperation.Field {
  static func number(_ name: String, _ range: ClosedRange<Int>, isRequired: Bool = true) -> Self {
    Self(
      name: name, isRequired: isRequired,
      schema:
        "{\"type\":\"integer\",\"minimum\":\(range.lowerBound),\"maximum\":\(range.upperBound)}")
  }

  static func text(_ name: String, pattern: String? = nil, isRequired: Bool = true) -> Self {
    let pattern = pattern.map { ",\"pattern\":\(JSONText.quoted($0))" } ?? ""
    return Self(
      name: name, isRequired: isRequired, schema: "{\"type\":\"string\",\"minLength\":1\(pattern)}")
  }

  static func word(_ name: String, of words: [String], isRequired: Bool = false) -> Self {
    let list = words.map(JSONText.quoted).joined(separator: ",")
    return Self(
      name: name, isRequired: isRequired, schema: "{\"type\":\"string\",\"enum\":[\(list)]}")
  }
}
