import DeviceGateway
import Foundation
import GatewayStorage
import X509Auth

/// Records a store keeps; it does not look into them.
enum TestRecords {
    /// A certificate whose bytes follow from `number`.
    static func certificate(
        _ number: Int, status: CertificateStatus = .active, authority: CertificateID? = nil
    ) -> CertificateRecord {
        let seed = withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) }
        let der: [UInt8] = [0x30, 0x82] + Array(repeatElement(seed, count: 64).joined())
        return CertificateRecord(
            id: CertificateID(der: der), status: status, der: der, notBefore: -1, notAfter: 2_524_607_999,
            commonName: number % 3 == 0 ? nil : "device-\(number)", issuer: [0x30, 0x00], serialNumber: seed,
            authority: authority, registeredAt: 1_700_000_000 + Int64(number))
    }

    static func policy(_ name: String, version: Int = 1) -> PolicyRecord {
        PolicyRecord(
            name: name,
            text: """
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:Connect",
                 "Resource": "*", "Sid": "v\(version)"}}
                """,
            version: version)
    }

    static func authority(_ number: Int, template: ProvisioningTemplate? = nil) -> AuthorityRecord {
        let record = certificate(1_000_000 + number)
        return AuthorityRecord(
            id: record.id, der: record.der, isActive: number % 2 == 0, template: template,
            registeredAt: 1_600_000_000)
    }
}

/// Contents without the order that has no meaning.
struct UnorderedContents: Equatable {
    var things: Set<ThingRecord>
    var certificates: Set<CertificateRecord>
    var policies: Set<PolicyRecord>
    var authorities: Set<AuthorityRecord>
    var thingAttachments: Set<RegistryContents.Attachment>
    var policyAttachments: Set<RegistryContents.Attachment>

    init(_ contents: RegistryContents) {
        things = Set(contents.things)
        certificates = Set(contents.certificates)
        policies = Set(contents.policies)
        authorities = Set(contents.authorities)
        thingAttachments = Set(contents.thingAttachments)
        policyAttachments = Set(contents.policyAttachments)
    }
}

/// A directory that goes with the test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path(percentEncoded: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String = "registry.sqlite") -> String { path + "/" + name }
}

/// With which code a SQLite store refuses; `nil` if it does not.
func refusal(_ body: () async throws -> Void) async -> SQLiteStoreError.Code? {
    do {
        try await body()
        return nil
    } catch let error as SQLiteStoreError {
        return error.code
    } catch {
        return SQLiteStoreError.Code(rawValue: "not a store error: \(error)")
    }
}
