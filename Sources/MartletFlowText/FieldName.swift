public import MartletFlow

/// How a field is called and written.
public struct FieldName: Sendable {
  /// The field.
  public let field: Field
  /// The name that flows are printed with.
  public let name: String
  /// The name of OpenFlow's extensible match, `NXM_NX_REG0` or `OXM_OF_ETH_DST`.
  public let extensibleName: String
  /// Other names that are read.
  let aliases: [String]
  let format: Format

  /// How values are written.
  enum Format {
    case decimal
    case hexadecimal
    case mac
    case ipv4
    case ipv6
    case port
    case tcpFlags
    case trackState
    case fragment
  }

  init(
    _ field: Field, _ name: String, _ extensibleName: String, _ format: Format,
    aliases: [String] = []
  ) {
    self.field = field
    self.name = name
    self.extensibleName = extensibleName
    self.format = format
    self.aliases = aliases
  }

  /// The names of a field; several fields share one where protocols do.
  static func of(_ field: Field) -> FieldName { byField[Int(field.rawValue)] }

  /// The field of a name, however it is written.
  static func find(_ name: Substring) -> FieldName? { byName[name.lowercased()] }

  private static let byField: [FieldName] = Field.allCases.map { field in
    all.first { $0.field == field } ?? FieldName(field, "\(field)", "\(field)", .hexadecimal)
  }

  private static let byName: [String: FieldName] = {
    var table: [String: FieldName] = [:]
    for entry in all {
      for name in [entry.name, entry.extensibleName] + entry.aliases {
        if table[name.lowercased()] == nil { table[name.lowercased()] = entry }
      }
    }
    return table
  }()

  /// Every name, for suggestions.
  static let names: [String] = all.map(\.name)
}
