// swift-tools-version: 6.2
import PackageDescription

// A package of its own: only who measures digests builds swift-crypto, which takes minutes.

let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "martlet-digest-benchmarks",
  dependencies: [
    .package(name: "martlet", path: "../.."),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
  ],
  targets: [
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .executableTarget(
      name: "DigestBenchmarks",
      dependencies: [
        "COpenSSL",
        .product(name: "MartletDigest", package: "martlet"),
        .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: settings),
  ]
)
