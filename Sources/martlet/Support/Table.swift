/// Rows with their columns aligned, under a title.
struct Table {
  private let title: String
  private let rows: [[String]]

  /// Without rows it is no text at all.
  init(_ title: String, _ head: [String], _ rows: [[String]]) {
    self.title = title
    self.rows = rows.isEmpty || head.isEmpty ? rows : [head] + rows
  }

  /// The table, each line with its end, after an empty line.
  var text: String {
    guard let first = rows.first else { return "" }
    var widths = [Int](repeating: 0, count: first.count)
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    let lines = rows.map { row in
      var line = " "
      for (column, cell) in row.enumerated() {
        line += " " + cell
        if column < row.count - 1 {
          line += String(repeating: " ", count: widths[column] - cell.count + 1)
        }
      }
      return line + "\n"
    }
    return "\n\(title)\n" + lines.joined()
  }
}
