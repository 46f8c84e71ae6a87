// swift-tools-version: 6.2
import PackageDescription

// A package of its own, because all its code, that of the libraries too, is built with coverage
// counters and the address sanitizer: ./test fuzz, or by hand
//   swift build -c release --package-path Fuzz --sanitize=fuzzer -Xswiftc -sanitize=fuzzer,address
//   Fuzz/.build/release/fuzz dns Fuzz/Corpus/dns -max_total_time=60
let package = Package(
  name: "martlet-fuzz",
  dependencies: [.package(name: "martlet", path: "..")],
  targets: [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        .product(name: "MartletWire", package: "martlet"),
        .product(name: "MartletDevice", package: "martlet"),
        .product(name: "MartletFlow", package: "martlet"),
        .product(name: "MartletDissect", package: "martlet"),
        .product(name: "MartletHTTP", package: "martlet"),
        .product(name: "MartletDWN", package: "martlet"),
      ],
      swiftSettings: [
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
      ])
  ]
)
