// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets under libFuzzer and the address sanitizer; Scripts/fuzz builds and runs them. A package of
// its own, since everything in it is compiled with coverage.

/// libFuzzer's runtime; its sections are too much for gold.
let fuzzerRuntime: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]

let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-device-gateway", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .target(name: "FuzzDriver", path: "Driver"),
        target("fuzz-codec-decode", path: "CodecDecode"),
        target("fuzz-codec-round-trip", path: "CodecRoundTrip"),
        .executableTarget(
            name: "fuzz-policy-document",
            dependencies: ["FuzzDriver", .product(name: "IoTPolicy", package: "swift-device-gateway")],
            path: "PolicyDocument", linkerSettings: fuzzerRuntime),
        x509("fuzz-x509-certificate", path: "X509Certificate"),
        x509("fuzz-x509-crl", path: "X509RevocationList"),
        x509("fuzz-x509-ocsp", path: "X509OCSPResponse"),
        x509("fuzz-x509-path", path: "X509Path"),
        tls("fuzz-tls-preamble", path: "TLSPreamble"),
        tls("fuzz-tls-conversation", path: "TLSConversation"),
        x509("fuzz-x509-request", path: "X509SigningRequest"),
        x509("fuzz-x509-key", path: "X509PrivateKey"),
        .executableTarget(
            name: "fuzz-provisioning-template",
            dependencies: ["FuzzDriver", .product(name: "DeviceGateway", package: "swift-device-gateway")],
            path: "ProvisioningTemplate", linkerSettings: fuzzerRuntime),
    ]
)

func tls(_ name: String, path: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            "FuzzDriver",
            .product(name: "GatewayTLS", package: "swift-device-gateway"),
            .product(name: "X509Auth", package: "swift-device-gateway"),
            .product(name: "NIOCore", package: "swift-nio"),
        ],
        path: path, linkerSettings: fuzzerRuntime)
}

func x509(_ name: String, path: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["FuzzDriver", .product(name: "X509Auth", package: "swift-device-gateway")],
        path: path, linkerSettings: fuzzerRuntime)
}

func target(_ name: String, path: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            "FuzzDriver",
            .product(name: "MQTTCodec", package: "swift-device-gateway"),
            .product(name: "NIOCore", package: "swift-nio"),
        ],
        path: path,
        linkerSettings: fuzzerRuntime)
}
