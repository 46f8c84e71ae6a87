import Foundation
import MartletDevice
import MartletStack
import Testing

/// Goodput and recovery over impaired links, compared exactly with `Golden/grid.txt`.
///
/// `MARTLET_RECORD=1 swift test -c release --package-path Tests/Simulation --filter GridTests` writes
/// the rows anew; look at the difference before it is committed. A debug build runs `quick` alone.
@Suite("Bulk transfer over impaired links")
struct GridTests {
  static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden/grid.txt")

  /// B6 as Documentation/performance.md defines it.
  static let lossyLink: [GridRow] = [0, 1000, 10_000, 30_000].flatMap { loss in
    (1...3).map { seed in
      GridRow(
        name: "B6", lossPerMillion: loss, delay: .milliseconds(10), seconds: 60, seed: seed)
    }
  }

  static let grid: [GridRow] = [0, 1000, 10_000, 30_000, 50_000].flatMap { loss in
    [0, 10, 100].flatMap { delay in
      [0, 20_000].flatMap { reordering in
        [64 << 10, 1 << 20].flatMap { buffer in
          [1, 4].map { flows in
            GridRow(
              lossPerMillion: loss, delay: .milliseconds(delay),
              reorderingPerMillion: reordering, bufferSize: buffer, flowCount: flows)
          }
        }
      }
    }
  }

  /// Rows that carry little enough for a debug build.
  static let quick: [GridRow] = [0, 10_000, 30_000, 50_000].flatMap { loss in
    [1, 4].map { flows in
      GridRow(
        name: "quick", lossPerMillion: loss, delay: .milliseconds(10), flowCount: flows,
        seconds: 1)
    }
  }

  #if DEBUG
    static let rows = quick
  #else
    static let rows = quick + lossyLink + grid
  #endif

  @Test("gives the golden table to the digit")
  func golden() throws {
    let lines = try Self.rows.map { try $0.line() }
    let text = (try? String(contentsOf: Self.file, encoding: .utf8)) ?? ""
    let known = text.split(separator: "\n").map(String.init)
    if ProcessInfo.processInfo.environment["MARTLET_RECORD"] == "1" {
      let keys = Set(Self.rows.map(\.key))
      let others = known.filter { line in !keys.contains(String(line.prefix { $0 != ":" })) }
      try ((lines + others).joined(separator: "\n") + "\n").write(
        to: Self.file, atomically: true, encoding: .utf8)
      return
    }
    for line in lines {
      // By itself, or a failure would print the whole table.
      let isKnown = known.contains(line)
      #expect(isKnown, "\(line)")
    }
  }

  /// The lossy link: loss-based control can have 7.1 % of it at 1 % loss and 4.1 % at 3 % (Mathis).
  @Test(
    "the table shows what the lossy link can give, without a time-out that could be avoided",
    arguments: [(0, 940, 0), (1000, 230, 0), (10_000, 60, 0), (30_000, 30, 1)])
  func goals(lossPerMillion: Int, goodput: Int, timeouts: Int) throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let rows = text.split(separator: "\n").filter {
      $0.hasPrefix("B6 loss=\(lossPerMillion) ")
    }
    #expect(rows.count == 3)
    // At 3 % a repair and the probe for it are both lost once in a while.
    let seen = rows.map { $0.contains(" timeouts=0 ") ? 0 : $0.contains(" timeouts=1 ") ? 1 : 2 }
    #expect(seen.reduce(0, +) <= timeouts, "\(rows)")
    for row in rows {
      let value = row.split(separator: " ").first { $0.hasPrefix("goodput=") }?.dropFirst(8)
      #expect(Int(value ?? "") ?? 0 >= goodput, "\(row)")
    }
  }
}
