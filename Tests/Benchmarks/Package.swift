// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that no host of the library ever resolves the benchmark framework.
//
// For each module <Name>: <Name>/Workloads, the loops; <Name>/Count, a bare program that runs one of them
// (what Scripts/count measures); <Name>Nanoseconds, the same loops under the benchmark framework, whose
// plugin looks for its targets right here:
//     swift package --disable-sandbox benchmark --target CodecNanoseconds
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-device-gateway", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        // Without traits it needs no jemalloc: allocations are counted by Scripts/count.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.29.0", traits: []),
    ],
    targets: [
        .target(
            name: "CodecWorkloads",
            dependencies: [
                .product(name: "MQTTCodec", package: "swift-device-gateway"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Codec/Workloads"),
        .executableTarget(name: "codec-count", dependencies: ["CodecWorkloads"], path: "Codec/Count"),
        .executableTarget(
            name: "CodecNanoseconds",
            dependencies: ["CodecWorkloads", .product(name: "Benchmark", package: "benchmark")],
            path: "CodecNanoseconds",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .target(
            name: "PolicyWorkloads",
            dependencies: [.product(name: "IoTPolicy", package: "swift-device-gateway")],
            path: "Policy/Workloads"),
        .executableTarget(name: "policy-count", dependencies: ["PolicyWorkloads"], path: "Policy/Count"),
        .executableTarget(
            name: "PolicyNanoseconds",
            dependencies: ["PolicyWorkloads", .product(name: "Benchmark", package: "benchmark")],
            path: "Policy/Nanoseconds",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .target(
            name: "CertificateWorkloads",
            dependencies: [
                .product(name: "DeviceGateway", package: "swift-device-gateway"),
                .product(name: "X509Auth", package: "swift-device-gateway"),
            ],
            path: "Certificates/Workloads"),
        .executableTarget(
            name: "certificates-count", dependencies: ["CertificateWorkloads"], path: "Certificates/Count"),
        .executableTarget(
            name: "CertificatesNanoseconds",
            dependencies: ["CertificateWorkloads", .product(name: "Benchmark", package: "benchmark")],
            path: "Certificates/Nanoseconds",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .target(
            name: "TLSWorkloads",
            dependencies: [
                .product(name: "GatewayTLS", package: "swift-device-gateway"),
                .product(name: "X509Auth", package: "swift-device-gateway"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "TLS/Workloads"),
        .executableTarget(name: "tls-count", dependencies: ["TLSWorkloads"], path: "TLS/Count"),
        .executableTarget(
            name: "tls-measure",
            dependencies: [
                .product(name: "GatewayTLS", package: "swift-device-gateway"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "TLS/Measure"),
        .executableTarget(
            name: "registry-million",
            dependencies: [
                .product(name: "DeviceGateway", package: "swift-device-gateway"),
                .product(name: "GatewayStorage", package: "swift-device-gateway"),
                .product(name: "GatewayTLS", package: "swift-device-gateway"),
                .product(name: "X509Auth", package: "swift-device-gateway"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Registry/Million"),
    ]
)
