// What a frame costs from memory to memory, in nanoseconds: the best of several rounds, on one core.
//   swift run -c release --package-path Benchmarks FlowBenchmarks
//   FlowBenchmarks PATH FLOWS FRAMES   does only this, for who counts instructions

import MartletFlow

@main
struct Program {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, let path = Workload.Path(rawValue: arguments[1]),
      let flows = Int(arguments[2]), let frames = Int(arguments[3])
    {
      var workload = try Workload(path, flowCount: flows)
      print(workload.run(frames, path: path))
      return
    }
    for path in Workload.Path.allCases {
      for flowCount in [10, 1000, 100_000, 1_000_000] {
        if path == .tables, flowCount > 100_000 { continue }
        var workload = try Workload(path, flowCount: flowCount)
        print("Flow.\(path.rawValue).\(flowCount)", try measure(&workload, path), "ns")
      }
    }
  }

  private static func measure(_ workload: inout Workload, _ path: Workload.Path) throws -> Int64 {
    let count = 20_000
    var best = Duration.seconds(3600)
    for _ in 0..<9 {
      let time = ContinuousClock().measure { _ = workload.run(count, path: path) }
      best = min(best, time / count)
    }
    return best.components.attoseconds / 1_000_000_000
  }
}
