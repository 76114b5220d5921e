import DeviceGateway
import Foundation
import GatewayStorage
import X509Auth

/// Records a store keeps; it does not look into them.
enum TestRecords {
    /// Bytes that follow from `number`.
    static func der(_ number: Int) -> [UInt8] {
        [0x30, 0x82] + Array(repeatElement(seed(number), count: 64).joined())
    }

    private static func seed(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) }
    }

    /// The certificate of those bytes.
    static func certificate(
        _ number: Int, status: CertificateStatus = .active, mode: CertificateMode = .standard,
        authority: CertificateID? = nil
    ) -> CertificateRecord {
        CertificateRecord(
            id: CertificateID(der: der(number)), status: status, mode: mode, notBefore: -1,
            notAfter: 2_524_607_999, issuer: [0x30, UInt8(number % 3)], serialNumber: seed(number),
            authority: authority, registeredAt: 1_700_000_000 + Int64(number))
    }

    static func insert(_ number: Int) -> RegistryChange {
        .insertCertificate(certificate(number), der: der(number))
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

    static func authority(
        _ number: Int, mode: CertificateMode = .standard, autoRegistration: AutoRegistration? = nil,
        revocationMode: RevocationMode = .none
    ) -> AuthorityRecord {
        let record = certificate(1_000_000 + number)
        return AuthorityRecord(
            id: record.id, der: der(1_000_000 + number), isActive: number % 2 == 0, mode: mode,
            autoRegistration: autoRegistration, revocationMode: revocationMode,
            registeredAt: 1_600_000_000)
    }
}

/// Contents without the order that has no meaning.
struct UnorderedContents: Equatable {
    var things: Set<ThingRecord>
    var certificates: Set<CertificateRecord>
    var tombstones: Set<CertificateTombstone>
    var policies: Set<PolicyRecord>
    var authorities: Set<AuthorityRecord>
    var revocationLists: Set<RevocationListRecord>
    var thingAttachments: Set<RegistryContents.Attachment>
    var policyAttachments: Set<RegistryContents.Attachment>

    init(_ contents: RegistryContents) {
        things = Set(contents.allThings)
        certificates = Set(contents.allCertificates)
        tombstones = Set(contents.allTombstones)
        policies = Set(contents.allPolicies)
        authorities = Set(contents.allAuthorities)
        revocationLists = Set(contents.allRevocationLists)
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
