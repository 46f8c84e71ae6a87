// swift-tools-version: 6.2
import PackageDescription

/// What every target of this package is built with.
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

/// A library target that is built hosted and as Embedded Swift: it imports nothing but the
/// standard library, `Synchronization` and the targets named here.
func portable(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A library target for an operating system underneath.
func hosted(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A test target named after the target it tests.
func tests(
  of name: String, uses dependencies: [Target.Dependency] = [], excluding excluded: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
    exclude: excluded, swiftSettings: settings)
}

let package = Package(
  name: "martlet",
  products: [
    .executable(name: "martlet", targets: ["martlet"]),
    .library(name: "MartletWire", targets: ["MartletWire"]),
    .library(name: "MartletDevice", targets: ["MartletDevice"]),
    .library(name: "MartletRing", targets: ["MartletRing"]),
    .library(name: "MartletDigest", targets: ["MartletDigest"]),
    .library(name: "MartletHTTP", targets: ["MartletHTTP"]),
    .library(name: "MartletDWN", targets: ["MartletDWN"]),
    .library(name: "MartletStack", targets: ["MartletStack"]),
    .library(name: "MartletNodes", targets: ["MartletNodes"]),
    .library(name: "MartletServices", targets: ["MartletServices"]),
    .library(name: "MartletHost", targets: ["MartletHost"]),
    .library(name: "MartletSharing", targets: ["MartletSharing"]),
    .library(name: "LibMartlet", type: .static, targets: ["LibMartlet"]),
    .library(name: "MartletTargets", targets: ["MartletTargets"]),
    .library(name: "MartletOVSDB", targets: ["MartletOVSDB"]),
    .library(name: "MartletGateway", targets: ["MartletGateway"]),
    .library(name: "MartletFlow", targets: ["MartletFlow"]),
    .library(name: "MartletFlowText", targets: ["MartletFlowText"]),
    .library(name: "MartletSwitch", targets: ["MartletSwitch"]),
    .library(name: "MartletDrivers", targets: ["MartletDrivers"]),
    .library(name: "MartletDissect", targets: ["MartletDissect"]),
    .library(name: "MartletOpenFlow", targets: ["MartletOpenFlow"]),
    .library(name: "MartletController", targets: ["MartletController"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.92.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    portable("MartletWire"),
    tests(of: "MartletWire", uses: ["MartletDevice"]),
    portable("MartletDevice", uses: ["MartletWire"]),
    .target(
      name: "TestSupport", dependencies: ["MartletDevice"], path: "Tests/TestSupport",
      swiftSettings: settings),
    tests(of: "MartletDevice", uses: ["TestSupport"]),
    .target(name: "CMartletHost"),
    hosted("MartletReadiness", uses: ["CMartletHost", "MartletDevice"]),
    tests(of: "MartletReadiness", uses: ["MartletDevice"]),
    hosted(
      "MartletHost",
      uses: [
        "CMartletHost", "MartletDevice", "MartletReadiness", "MartletServices", "MartletStack",
        "MartletWire",
      ]),
    tests(
      of: "MartletHost",
      uses: [
        "MartletDevice", "MartletReadiness", "MartletServices", "MartletStack", "MartletWire",
        "TestSupport",
      ]),
    hosted(
      "MartletSharing",
      uses: ["CMartletHost", "CMartletShim", "MartletDevice", "MartletReadiness"]),
    .target(name: "CMartletShim"),
    hosted(
      "LibMartlet",
      uses: [
        "CMartletHost", "CMartletShim", "MartletDevice", "MartletHost", "MartletReadiness",
        "MartletSharing", "MartletStack", "MartletWire",
      ]),
    hosted("MartletTargets", uses: ["MartletHost", "MartletWire"]),
    tests(of: "MartletTargets", uses: ["MartletHost", "MartletWire"]),
    hosted(
      "MartletOVSDB", uses: ["MartletDevice", "MartletHost", "MartletReadiness", "MartletTargets"]),
    tests(of: "MartletOVSDB", uses: ["MartletDevice", "MartletHost", "MartletTargets"]),
    hosted(
      "MartletGateway",
      uses: [
        "MartletDevice", "MartletHost", "MartletReadiness", "MartletServices", "MartletStack",
        "MartletWire",
      ]),
    tests(
      of: "MartletGateway",
      uses: ["MartletDevice", "MartletHost", "MartletServices", "MartletStack", "MartletWire"]),
    portable("MartletRing"),
    tests(of: "MartletRing"),
    .target(name: "CMartletDigest"),
    .target(
      name: "MartletDigest", dependencies: ["CMartletDigest"],
      // Raw layout: memory that can be wiped where it lies.
      swiftSettings: settings + [.enableExperimentalFeature("RawLayout")]),
    .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
    tests(of: "MartletDigest", uses: ["CAllocationCount"]),
    portable("MartletHTTP", uses: ["MartletWire"]),
    tests(of: "MartletHTTP"),
    portable(
      "MartletDWN", uses: ["MartletDevice", "MartletDigest", "MartletHTTP", "MartletWire"]),
    tests(of: "MartletDWN", uses: ["MartletDevice", "MartletHTTP", "MartletWire"]),
    portable("MartletStack", uses: ["MartletDevice", "MartletWire"]),
    tests(of: "MartletStack", uses: ["MartletDevice", "MartletWire"]),
    portable("MartletServices", uses: ["MartletDevice", "MartletStack", "MartletWire"]),
    tests(of: "MartletServices", uses: ["MartletDevice", "MartletStack", "MartletWire"]),
    portable(
      "MartletNodes",
      uses: ["MartletDWN", "MartletDevice", "MartletHTTP", "MartletStack", "MartletWire"]),
    tests(
      of: "MartletNodes",
      uses: ["MartletDWN", "MartletDevice", "MartletHTTP", "MartletStack", "MartletWire"]),
    hosted(
      "MartletHub", uses: ["MartletDWN", "MartletDevice", "MartletHTTP", "MartletWire"]),
    tests(
      of: "MartletHub",
      uses: ["MartletDWN", "MartletDevice", "MartletHTTP", "MartletNodes", "MartletWire"]),
    portable("MartletFlow", uses: ["MartletDevice", "MartletWire"]),
    tests(of: "MartletFlow", uses: ["MartletDevice", "MartletWire"], excluding: ["Recorded"]),
    hosted("MartletFlowText", uses: ["MartletFlow", "MartletWire"]),
    tests(of: "MartletFlowText", uses: ["MartletFlow"]),
    hosted(
      "MartletHome",
      uses: [
        "MartletDigest", "MartletDWN", "MartletDevice", "MartletHTTP", "MartletHost", "MartletHub",
        "MartletWire",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    tests(
      of: "MartletHome", uses: ["MartletHub", .product(name: "GRDB", package: "GRDB.swift")]),
    portable("MartletDrivers", uses: ["MartletDevice", "MartletWire"]),
    tests(of: "MartletDrivers"),
    hosted("MartletDissect", uses: ["MartletDevice", "MartletWire"]),
    tests(
      of: "MartletDissect", uses: ["MartletDevice", "MartletWire"], excluding: ["Captures"]),
    hosted(
      "MartletOpenFlow",
      uses: ["MartletDevice", "MartletFlow", "MartletHost", "MartletReadiness", "MartletTargets"]),
    tests(
      of: "MartletOpenFlow",
      uses: ["MartletDevice", "MartletFlow", "MartletHost", "MartletTargets"]),
    hosted(
      "MartletController",
      uses: [
        "MartletDevice", "MartletFlow", "MartletFlowText", "MartletHost", "MartletOpenFlow",
        "MartletReadiness", "MartletTargets", "MartletWire",
      ]),
    hosted("MartletHouse", uses: ["MartletWire", .product(name: "Yams", package: "Yams")]),
    tests(of: "MartletHouse", uses: ["MartletWire"]),
    hosted(
      "MartletSwitch",
      uses: [
        "MartletDevice", "MartletFlow", "MartletFlowText", "MartletGateway", "MartletHost",
        "MartletHouse", "MartletOpenFlow", "MartletReadiness", "MartletServices", "MartletStack",
        "MartletTargets", "MartletWire", .product(name: "Yams", package: "Yams"),
      ]),
    tests(
      of: "MartletSwitch",
      uses: [
        "MartletDevice", "MartletFlow", "MartletFlowText", "MartletHost", "MartletHouse",
        "MartletReadiness", "MartletWire",
      ]),
    hosted(
      "MartletSwitchDatabase",
      uses: ["MartletDevice", "MartletHost", "MartletOVSDB", "MartletSwitch", "MartletTargets"]),
    tests(
      of: "MartletSwitchDatabase", uses: ["MartletDevice", "MartletOVSDB", "MartletSwitch"]),
    .target(name: "CMartletChecksum"),
    hosted("MartletChecksum", uses: ["CMartletChecksum", "MartletDigest"]),
    tests(of: "MartletChecksum", uses: ["MartletDigest"]),
    .executableTarget(
      name: "martlet",
      dependencies: [
        "MartletChecksum", "MartletController", "MartletDWN", "MartletDevice", "MartletDissect",
        "MartletGateway",
        "MartletHost", "MartletHTTP", "MartletHome", "MartletHouse", "MartletHub",
        "MartletServices",
        "MartletOVSDB", "MartletOpenFlow", "MartletTargets",
        "MartletNodes", "MartletReadiness", "MartletStack", "MartletSwitch",
        "MartletSwitchDatabase",
        "MartletWire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    tests(of: "martlet", uses: ["MartletHost", "MartletHouse", "MartletStack", "MartletWire"]),
    // Without the settings of the others: what a user of the package writes needs none.
    .executableTarget(
      name: "Fetch", dependencies: ["MartletHost", "MartletWire"], path: "Examples/Fetch"),
    .executableTarget(
      name: "LearningSwitch", dependencies: ["MartletController", "MartletFlow", "MartletWire"],
      path: "Examples/LearningSwitch"),
  ]
)
