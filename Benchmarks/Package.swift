// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .unsafeFlags(["-static-stdlib"], .when(configuration: .release)),
]

let package = Package(
  name: "simtrain-benchmarks",
  dependencies: [
    .package(name: "simtrain", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    // Timed loops around the kernels: no Swift between two clock readings.
    .target(
      name: "BenchmarkKernels",
      dependencies: [.product(name: "HostKernels", package: "simtrain")],
      cSettings: [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "simtrain-bench",
      dependencies: [
        "BenchmarkKernels",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "CPUDevice", package: "simtrain"),
        .product(name: "DeviceAPI", package: "simtrain"),
        .product(name: "PJRTDevice", package: "simtrain"),
        .product(name: "SystolicSim", package: "simtrain"),
        .product(name: "Training", package: "simtrain"),
      ],
      swiftSettings: strict,
      // As the program itself: the modules of both are compiled for it.
      linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
