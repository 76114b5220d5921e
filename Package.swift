// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 language mode comes with the tools version; these make the rest of the house rules
/// compiler facts: dependencies do not leak through public interfaces, existentials are visible,
/// and a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "swift-device-gateway",
    products: [
        .library(name: "GatewayTLS", targets: ["GatewayTLS"]),
        .library(name: "MQTTCodec", targets: ["MQTTCodec"]),
        .library(name: "X509Auth", targets: ["X509Auth"]),
        .library(name: "IoTPolicy", targets: ["IoTPolicy"]),
        .library(name: "DeviceGateway", targets: ["DeviceGateway"]),
        .library(name: "GatewayStorage", targets: ["GatewayStorage"]),
        .executable(name: "device-gateway", targets: ["device-gateway"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["YAML"]),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // OpenSSL, as the system has it; pkg-config finds it in any prefix.
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "CGatewayOpenSSL", dependencies: ["COpenSSL"]),

        // The four core modules. None knows another, none knows the gateway.
        .target(
            name: "GatewayTLS",
            dependencies: [
                "CGatewayOpenSSL",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "MQTTCodec",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict),
        .target(name: "X509Auth", dependencies: ["CGatewayOpenSSL"], swiftSettings: strict),
        .target(name: "IoTPolicy", swiftSettings: strict),

        // Sessions and routing, without I/O.
        .target(
            name: "BrokerCore",
            dependencies: [
                "MQTTCodec",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),

        // The four and the broker, put together.
        .target(
            name: "DeviceGateway",
            dependencies: [
                "GatewayTLS", "MQTTCodec", "X509Auth", "IoTPolicy", "BrokerCore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "GatewayStorage",
            dependencies: [
                "DeviceGateway", "X509Auth",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "device-gateway",
            dependencies: [
                "DeviceGateway", "GatewayStorage", "GatewayTLS", "MQTTCodec", "X509Auth",
                "IoTPolicy",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: strict),

        // A program for each core module, using that module alone, and one for the whole.
        .executableTarget(
            name: "tls-echo",
            dependencies: [
                "GatewayTLS",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Examples/tls-echo", swiftSettings: strict),
        .executableTarget(
            name: "mqtt-packet",
            dependencies: ["MQTTCodec", .product(name: "NIOCore", package: "swift-nio")],
            path: "Examples/mqtt-packet", swiftSettings: strict),
        .executableTarget(
            name: "certificate-check", dependencies: ["X509Auth"],
            path: "Examples/certificate-check", swiftSettings: strict),
        .executableTarget(
            name: "policy-check", dependencies: ["IoTPolicy"],
            path: "Examples/policy-check", swiftSettings: strict),
        .executableTarget(
            name: "embedded-gateway", dependencies: ["DeviceGateway", "GatewayTLS", "X509Auth"],
            path: "Examples/embedded-gateway", swiftSettings: strict),

        .testTarget(
            name: "GatewayTLSTests",
            dependencies: [
                "GatewayTLS",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "MQTTCodecTests",
            dependencies: ["MQTTCodec", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict),
        .testTarget(
            name: "X509AuthTests", dependencies: ["X509Auth", "COpenSSL"], swiftSettings: strict),
        .testTarget(name: "IoTPolicyTests", dependencies: ["IoTPolicy"], swiftSettings: strict),
        .testTarget(
            name: "BrokerCoreTests",
            dependencies: [
                "BrokerCore", "MQTTCodec", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DeviceGatewayTests",
            dependencies: [
                "DeviceGateway", "GatewayTLS", "MQTTCodec", "X509Auth", "IoTPolicy", "BrokerCore", "COpenSSL",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GatewayStorageTests",
            dependencies: [
                "GatewayStorage", "DeviceGateway", "X509Auth",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DeviceGatewayCommandTests",
            dependencies: [
                "device-gateway", "DeviceGateway", "GatewayStorage", "GatewayTLS", "MQTTCodec",
                "X509Auth", "IoTPolicy",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ]
)
