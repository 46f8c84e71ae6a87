import MartletOVSDB

extension DatabaseSchema {
  /// Small, with one of each: reals, strong and weak references, an index, a limit of rows, columns
  /// that are not kept.
  static let example: DatabaseSchema = {
    let reference = { (isWeak: Bool) -> JSONValue in
      isWeak
        ? ["type": "uuid", "refTable": "Leaf", "refType": "weak"]
        : ["type": "uuid", "refTable": "Leaf"]
    }
    let json: JSONValue = [
      "name": "Example", "version": "1.0.0",
      "tables": [
        "Root": [
          "columns": [
            "name": ["type": "string", "mutable": false],
            "number": ["type": ["key": ["type": "integer", "minInteger": -10, "maxInteger": 100]]],
            "real": ["type": "real"],
            "leaves": ["type": ["key": reference(false), "min": 0, "max": "unlimited"]],
            "weak": ["type": ["key": reference(true), "min": 0, "max": "unlimited"]],
            "numbers": ["type": ["key": "integer", "min": 0, "max": 5]],
            "map": ["type": ["key": "string", "value": "string", "min": 0, "max": "unlimited"]],
            "status": ["type": "string", "ephemeral": true],
          ],
          "isRoot": true, "maxRows": 3, "indexes": [["name"]],
        ],
        "Leaf": [
          "columns": [
            "name": ["type": "string"],
            "next": ["type": ["key": reference(false), "min": 0, "max": 1]],
          ]
        ],
      ],
    ]
    // The text above is a schema.
    return (try? DatabaseSchema(json: json)) ?? .openVSwitch
  }()
}
