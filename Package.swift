// swift-tools-version: 6.2

import PackageDescription

// The layers of Docs/architecture.md: a target depends only on targets listed above it here.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  // With the Swift runtime in the program a start takes a third of the time.
  .unsafeFlags(["-static-stdlib"], .when(configuration: .release)),
]

// What links a program of these.
let standalone: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib"], .when(configuration: .release))
]

// Simulated chips and references that tests run for minutes: optimised in debug builds too; every check
// but `assert` stays.
let optimised: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

// Libraries come from the package's own folder or the system's. Old-style tags, because they go
// before LD_LIBRARY_PATH, an empty item of which means the working directory.
let libraryFolders = [
  "$ORIGIN/../lib/simtrain", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64", "/usr/lib", "/usr/local/lib",
]
let librariesFirst =
  ["-Xlinker", "--disable-new-dtags"]
  + libraryFolders.flatMap { ["-Xlinker", "-rpath=\($0)"] }

let package = Package(
  name: "simtrain",
  products: [
    .executable(name: "simtrain", targets: ["simtrain"]),
    .library(name: "DeviceAPI", targets: ["DeviceAPI", "GraphPasses", "GraphIR"]),
    .library(
      name: "SystolicSim",
      targets: ["SystolicSim", "SystolicCompiler", "SystolicModel", "ConfigFiles"]),
    .library(name: "CPUDevice", targets: ["CPUDevice"]),
    .library(name: "PJRTDevice", targets: ["PJRTDevice"]),
    .library(name: "Training", targets: ["Training", "Datasets"]),
    .library(name: "HostKernels", targets: ["CKernels", "COpenBLAS"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // C libraries: a module map and a thin shim each.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CLoadLibrary", linkerSettings: [.linkedLibrary("dl")]),
    // libhdf5-dev, libopenblas-dev: their headers; the libraries are opened when first used.
    .target(name: "CHDF5", dependencies: ["CLoadLibrary"], exclude: ["functions.inc"]),
    .target(name: "COpenBLAS", dependencies: ["CLoadLibrary"]),
    // Layouts of PJRT's interface; plugins are opened when they are asked for.
    .target(name: "CPJRT", linkerSettings: [.linkedLibrary("dl")]),
    // Signals, handled from before the first line of Swift on.
    .target(name: "CStopSignal"),

    // Vocabulary and contracts.
    .target(name: "Units", swiftSettings: strict),
    .target(name: "GraphIR", swiftSettings: optimised),
    .target(name: "GraphPasses", dependencies: ["GraphIR"], swiftSettings: strict),
    .target(
      name: "DeviceAPI", dependencies: ["GraphIR", "GraphPasses", "Units"], swiftSettings: strict),
    // Programs from outside: StableHLO's text and bytecode.
    .target(name: "StableHLO", dependencies: ["GraphIR"], swiftSettings: optimised),
    // What every device must do, and the tests that hold it to that.
    .target(
      name: "DeviceConformance", dependencies: ["DeviceAPI", "GraphIR", "Units"],
      swiftSettings: strict),

    // The only modules that see Yams and libhdf5.
    .target(name: "ConfigFiles", dependencies: ["Yams"], swiftSettings: strict),
    .target(name: "HDF5", dependencies: ["CHDF5", "CZlib"], swiftSettings: strict),

    // Host kernels that devices share: hot loops in C, chosen at run time for the processor.
    // Optimised in debug builds too; products are fused only where the source says so.
    .target(
      name: "CKernels",
      exclude: [
        "convert.inc", "convolution.inc", "copy.inc", "elementwise.inc", "functions.inc",
        "gemm.inc",
        "gemm_block.inc", "gemm_int8.inc", "gemm_int8_amx.inc", "gemm_int8_block.inc",
        "gemm_int8_pack.inc", "gemm_pack.inc", "int8_level.inc", "level.inc", "reduce.inc",
        "run_block.inc", "square_root.inc", "transpose.inc", "vector.inc", "window.inc",
      ],
      cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])],
      linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "HostRuntime", dependencies: ["CKernels", "DeviceAPI", "GraphIR", "GraphPasses"],
      swiftSettings: strict),

    // Devices and data: siblings; none knows another.
    .target(
      name: "CPUDevice",
      dependencies: ["CKernels", "COpenBLAS", "DeviceAPI", "GraphIR", "HostRuntime", "Units"],
      swiftSettings: strict),
    // What a chip is, and what each instruction costs on it: time and energy.
    .target(
      name: "SystolicModel", dependencies: ["ConfigFiles", "DeviceAPI", "GraphIR", "Units"],
      swiftSettings: optimised),
    // Graphs to programs for a chip, and their timelines.
    .target(
      name: "SystolicCompiler",
      dependencies: ["DeviceAPI", "GraphIR", "GraphPasses", "SystolicModel", "Units"],
      // The timeline's state is one object's own; checking each access to it takes a sixth of the time.
      swiftSettings: optimised + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]),
    .target(
      name: "SystolicSim",
      dependencies: [
        "CKernels", "ConfigFiles", "DeviceAPI", "GraphIR", "GraphPasses", "HostRuntime",
        "SystolicCompiler", "SystolicModel", "Units",
      ],
      swiftSettings: optimised),
    // Hardware behind PJRT plugins.
    .target(
      name: "PJRTDevice",
      dependencies: ["CPJRT", "DeviceAPI", "GraphIR", "StableHLO", "Units"],
      swiftSettings: strict),
    // Tables, JSON and numbers with units, and what they show of chips and estimates.
    .target(
      name: "Reports",
      dependencies: [
        "ConfigFiles", "DeviceAPI", "SystolicCompiler", "SystolicModel", "SystolicSim", "Units",
      ],
      swiftSettings: strict),
    // Slow, obvious references: the array register by register, memories cycle by cycle.
    .target(name: "Oracles", dependencies: ["SystolicModel"], swiftSettings: optimised),
    // Published figures beside those of the model.
    .target(
      name: "Validation",
      dependencies: [
        "ConfigFiles", "DeviceAPI", "GraphIR", "Oracles", "SystolicCompiler", "SystolicModel",
        "SystolicSim", "Units",
      ],
      swiftSettings: strict),
    .target(
      name: "Datasets", dependencies: ["CZlib", "GraphIR", "HDF5", "Units"], swiftSettings: strict),

    // What a run is made of, and what it leaves behind.
    .target(
      name: "Training",
      dependencies: ["ConfigFiles", "Datasets", "DeviceAPI", "GraphIR", "GraphPasses"],
      swiftSettings: strict),
    .target(
      name: "RunLog", dependencies: ["DeviceAPI", "GraphIR", "HDF5", "Training", "Units"],
      swiftSettings: strict),

    // Schedules of run files for other tools.
    .target(
      name: "Traces", dependencies: ["ConfigFiles", "DeviceAPI", "Reports", "RunLog", "Units"],
      swiftSettings: strict),

    // Composition: commands, progress, reports; no physics.
    .executableTarget(
      name: "simtrain",
      dependencies: [
        "CPUDevice", "CStopSignal", "ConfigFiles", "Datasets", "DeviceAPI", "GraphIR",
        "GraphPasses", "PJRTDevice", "Reports", "RunLog", "StableHLO", "SystolicCompiler",
        "SystolicModel",
        "SystolicSim", "Traces", "Training", "Units", "Validation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict,
      linkerSettings: [.unsafeFlags(librariesFirst)] + standalone),

    // What several test targets share.
    .target(
      name: "TestSupport", dependencies: ["DeviceAPI", "GraphIR"], path: "Tests/TestSupport",
      swiftSettings: strict),
    // Reads compiled programs instruction by instruction, and checks them.
    .target(
      name: "ProgramOracle",
      dependencies: [
        "SystolicCompiler", "SystolicModel", "SystolicSim", "ConfigFiles", "DeviceAPI", "GraphIR",
        "GraphPasses", "Training", "Units",
      ],
      path: "Tests/ProgramOracle", swiftSettings: optimised),
    .executableTarget(
      name: "check-programs",
      dependencies: ["ProgramOracle", "SystolicModel", "ConfigFiles", "Units"],
      path: "Tests/CheckPrograms", swiftSettings: strict, linkerSettings: standalone),
    // A process that the run file's tests kill.
    .executableTarget(
      name: "RunLogCrashWriter", dependencies: ["RunLog", "Units"],
      path: "Tests/RunLogCrashWriter", swiftSettings: strict, linkerSettings: standalone),
    // Reads mutated programs within limits of memory and time.
    .executableTarget(
      name: "fuzz-programs", dependencies: ["StableHLO"], path: "Tests/FuzzPrograms",
      swiftSettings: optimised, linkerSettings: standalone),
    .testTarget(name: "UnitsTests", dependencies: ["Units"]),
    .testTarget(name: "GraphIRTests", dependencies: ["GraphIR", "TestSupport"]),
    .testTarget(
      name: "StableHLOTests",
      dependencies: [
        "StableHLO", "ConfigFiles", "DeviceConformance", "GraphIR", "GraphPasses", "Training",
        "fuzz-programs",
      ],
      exclude: ["Programs", "Python"]),
    .testTarget(
      name: "GraphPassesTests",
      dependencies: ["GraphPasses", "DeviceConformance", "GraphIR", "TestSupport"]),
    .testTarget(
      name: "DeviceConformanceTests",
      dependencies: ["DeviceConformance", "DeviceAPI", "GraphIR", "TestSupport"]),
    .testTarget(name: "ConfigFilesTests", dependencies: ["ConfigFiles"]),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "CHDF5"]),
    .testTarget(
      name: "HostRuntimeTests",
      dependencies: [
        "HostRuntime", "CKernels", "DeviceAPI", "GraphIR", "GraphPasses", "TestSupport", "Units",
      ]),
    .testTarget(
      name: "CPUDeviceTests",
      dependencies: [
        "CPUDevice", "DeviceAPI", "DeviceConformance", "GraphIR", "GraphPasses", "TestSupport",
      ]),
    .testTarget(
      name: "PJRTDeviceTests",
      dependencies: [
        "PJRTDevice", "DeviceAPI", "DeviceConformance", "GraphIR", "TestSupport",
      ],
      exclude: ["Layout", "Plugins"]),
    .testTarget(
      name: "SystolicSimTests",
      dependencies: [
        "SystolicSim", "SystolicCompiler", "SystolicModel", "ConfigFiles", "DeviceAPI",
        "DeviceConformance", "Datasets", "GraphIR", "GraphPasses", "Oracles", "ProgramOracle",
        "StableHLO", "TestSupport", "Training", "Units", "Validation",
      ],
      exclude: ["Control/Programs"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "GraphIR", "HDF5", "TestSupport", "Units"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "ConfigFiles", "CPUDevice", "DeviceAPI", "Datasets", "GraphIR", "GraphPasses",
        "TestSupport", "Units",
      ]),
    .testTarget(
      name: "RunLogTests",
      dependencies: [
        "RunLog", "RunLogCrashWriter", "HDF5", "DeviceAPI", "GraphIR", "Training", "Units",
      ]),
    .testTarget(
      name: "TracesTests",
      dependencies: [
        "Traces", "ConfigFiles", "DeviceAPI", "RunLog", "SystolicSim", "SystolicModel", "Training",
        "Units",
      ]),
    .testTarget(
      name: "simtrainTests",
      dependencies: [
        "simtrain", "SystolicModel", "DeviceAPI", "GraphIR", "HDF5", "Reports", "RunLog",
        "ConfigFiles",
        "TestSupport", "Training", "Units", "Validation",
      ],
      exclude: ["Damaged"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
