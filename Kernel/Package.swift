// swift-tools-version: 6.2
import PackageDescription

/// The settings of the root package; `toolset.json` adds those of Embedded Swift, which must hold
/// for every module, the root's included.
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "martlet-kernel",
  products: [.executable(name: "martlet-kernel", targets: ["martlet-kernel"])],
  dependencies: [.package(name: "martlet", path: "..")],
  targets: [
    .target(name: "CPlatform"),
    .executableTarget(
      name: "martlet-kernel",
      dependencies: [
        "CPlatform",
        .product(name: "MartletWire", package: "martlet"),
        .product(name: "MartletDevice", package: "martlet"),
        .product(name: "MartletDigest", package: "martlet"),
        .product(name: "MartletDrivers", package: "martlet"),
        .product(name: "MartletRing", package: "martlet"),
        .product(name: "MartletStack", package: "martlet"),
        .product(name: "MartletNodes", package: "martlet"),
        .product(name: "MartletServices", package: "martlet"),
      ],
      path: "Sources/Kernel", swiftSettings: settings),
  ]
)
