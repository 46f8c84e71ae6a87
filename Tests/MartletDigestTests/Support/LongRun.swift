import Foundation

/// Whether the tests take their time: `./test --long`.
let isLongRun = ProcessInfo.processInfo.environment["MARTLET_LONG"] == "1"
