// swift-tools-version: 6.2
import PackageDescription

// The portable modules and their tests, by links to the sources of the main package, so that they
// can be built apart from it, optimised and under the address sanitizer. Optimised, because that is
// what users run, and because a test has found the optimiser wrong before.
//   swift test -c release --package-path Tests/Sanitized --sanitize=address --disable-xctest \
//     -Xswiftc -enable-testing
// MartletDrivers is not here: the sanitizer stops at a thunk that the compiler makes for #expect
// with a UInt64 that may be nil.
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

/// A module, and a target with its tests.
func module(
  _ name: String, uses dependencies: [Target.Dependency] = [],
  tests testDependencies: [Target.Dependency] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: settings),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.init(stringLiteral: name)] + dependencies + testDependencies,
      swiftSettings: settings),
  ]
}

let package = Package(
  name: "martlet",
  targets: [
    module("MartletWire", tests: ["MartletDevice"]),
    module("MartletDevice", uses: ["MartletWire"], tests: ["TestSupport"]),
    module("MartletRing"),
    module("MartletHTTP", uses: ["MartletWire"]),
    [
      .target(name: "CMartletDigest"),
      .target(
        name: "MartletDigest", dependencies: ["CMartletDigest"],
        swiftSettings: settings + [.enableExperimentalFeature("RawLayout")]),
    ],
    module(
      "MartletDWN", uses: ["MartletDevice", "MartletDigest", "MartletHTTP", "MartletWire"]),
    module(
      "MartletNodes",
      uses: ["MartletDWN", "MartletDevice", "MartletHTTP", "MartletStack", "MartletWire"]),
    module("MartletStack", uses: ["MartletDevice", "MartletWire"]),
    module("MartletServices", uses: ["MartletDevice", "MartletStack", "MartletWire"]),
    [
      .target(
        name: "TestSupport", dependencies: ["MartletDevice"], path: "Tests/TestSupport",
        swiftSettings: settings)
    ],
  ].flatMap { $0 }
)
