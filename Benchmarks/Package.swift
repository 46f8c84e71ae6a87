// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "martlet-benchmarks",
  dependencies: [.package(name: "martlet", path: "..")],
  targets: [
    .executableTarget(
      name: "StackBenchmarks",
      dependencies: [
        .product(name: "MartletStack", package: "martlet"),
        .product(name: "MartletDevice", package: "martlet"),
        .product(name: "MartletWire", package: "martlet"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "FlowBenchmarks",
      dependencies: [
        .product(name: "MartletFlow", package: "martlet"),
        .product(name: "MartletDevice", package: "martlet"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "WireBenchmarks",
      dependencies: [.product(name: "MartletWire", package: "martlet")],
      swiftSettings: settings),
  ]
)
