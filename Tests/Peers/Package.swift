// swift-tools-version: 6.2
import PackageDescription

// The TLS module beside a second implementation of TLS that shares no code with the first: BoringSSL, as NIOSSL has
// it. A package of its own, so that nobody who builds the gateway builds two TLS libraries.
//   swift test --package-path Tests/Peers

let package = Package(
    name: "peers",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-device-gateway", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        .testTarget(
            name: "NIOSSLTests",
            dependencies: [
                .product(name: "GatewayTLS", package: "swift-device-gateway"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ]
)
