// swift-tools-version: 6.2
import PackageDescription

// The simulated networks as a package of their own, so that a release build of them builds the
// stack and nothing else: swift test -c release --package-path Tests/Simulation
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "simulation",
  targets: [
    .target(name: "CAllocationCount"),
    .target(name: "MartletWire", swiftSettings: settings),
    .target(name: "MartletDevice", dependencies: ["MartletWire"], swiftSettings: settings),
    .target(
      name: "MartletStack", dependencies: ["MartletDevice", "MartletWire"],
      exclude: ["MartletStack.docc"], swiftSettings: settings),
    .testTarget(
      name: "SimulationTests",
      dependencies: ["CAllocationCount", "MartletDevice", "MartletStack", "MartletWire"],
      exclude: ["Golden"], swiftSettings: settings),
  ]
)
