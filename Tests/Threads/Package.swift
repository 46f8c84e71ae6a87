// swift-tools-version: 6.2
import PackageDescription

// A package of its own, that depends on few modules, so that it can run under the thread sanitizer:
// swift run -c release --sanitize=thread ring-threads (or sharing-threads)
// (in a debug build the generic moves lie in the runtime, where the sanitizer does not look)
let package = Package(
  name: "threads",
  dependencies: [.package(name: "martlet", path: "../..")],
  targets: [
    .executableTarget(
      name: "ring-threads",
      dependencies: [.product(name: "MartletRing", package: "martlet")],
      swiftSettings: [.enableExperimentalFeature("Lifetimes")]),
    .executableTarget(
      name: "sharing-threads",
      dependencies: [.product(name: "MartletSharing", package: "martlet")]),
  ]
)
