// swift-tools-version: 6.2
import PackageDescription

// A package of its own: nobody who wants a digest builds swift-crypto for it.

let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "martlet-crypto",
  products: [.library(name: "MartletCrypto", targets: ["MartletCrypto"])],
  dependencies: [
    .package(name: "martlet", path: "../.."),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
  ],
  targets: [
    .target(
      name: "MartletCrypto",
      dependencies: [
        .product(name: "MartletDigest", package: "martlet"),
        .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: settings),
    .testTarget(
      name: "MartletCryptoTests",
      dependencies: [
        "MartletCrypto",
        .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: settings),
  ]
)
