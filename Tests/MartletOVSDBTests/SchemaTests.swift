@testable import MartletOVSDB
import Testing

@Suite struct SchemaTests {
  @Test(arguments: [DatabaseSchema.openVSwitch, .server, .example])
  func survivesItsOwnText(schema: DatabaseSchema) throws {
    let again = try DatabaseSchema(json: JSONValue(parsing: schema.json.text))
    #expect(again.json == schema.json)
    #expect(again.tables.map(\.isRoot) == schema.tables.map(\.isRoot))
  }

  @Test func openVSwitchHasItsNineteenTables() {
    let schema = DatabaseSchema.openVSwitch
    #expect(schema.tables.count == 19)
    #expect(schema.version == "8.3.1")
  }

  @Test func withoutARootAllTablesAreRoots() {
    #expect(DatabaseSchema.server.tables.map(\.isRoot) == [true])
  }

  @Test(arguments: [
    "{}",
    "{\"name\":\"a\",\"version\":\"1\",\"tables\":{\"T\":{\"columns\":{\"c\":{\"type\":\"blob\"}}}}}",
    "{\"name\":\"a\",\"version\":\"1\",\"tables\":{\"T\":{\"columns\":{\"c\":{\"type\":{\"key\":{\"type\":\"uuid\",\"refTable\":\"X\"}}}}}}}",
  ]) func whatIsNoSchemaIsRefused(text: String) {
    #expect(throws: DatabaseError.self) { try DatabaseSchema(json: JSONValue(parsing: text)) }
  }
}
