// swift-tools-version: 6.2
import PackageDescription

// A package of its own, that depends on MartletRing alone, so that it can run under the thread
// sanitizer: swift run -c release --sanitize=thread ring-threads
// (in a debug build the generic moves lie in the runtime, where the sanitizer does not look)
let package = Package(
  name: "threads",
  dependencies: [.package(name: "martlet", path: "../..")],
  targets: [
    .executableTarget(
      name: "ring-threads",
      dependencies: [.product(name: "MartletRing", package: "martlet")],
      swiftSettings: [.enableExperimentalFeature("Lifetimes")])
  ]
)
