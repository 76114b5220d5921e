import DeviceGateway
import Foundation
import GatewayStorage
import X509Auth

/// A registry's file with very many certificates of one registered authority, all with one policy, and that
/// authority's key beside it.
struct Fleet {
    var count: Int

    static let registeredAt: Int64 = 1_700_000_000

    static func registryFile(in directory: String) -> String { directory + "/registry.sqlite" }
    static func keyFile(in directory: String) -> String { directory + "/authority.pem" }

    /// - Parameter withThings: each certificate has a thing of its own.
    func fill(_ directory: String, withThings: Bool) async throws {
        let (authority, key) = try CertificateAuthority.create(
            commonName: "Million", notBefore: 1_600_000_000, notAfter: CertificateAuthority.deviceNotAfter)
        try (authority.certificate.pem + key)
            .write(toFile: Self.keyFile(in: directory), atomically: true, encoding: .utf8)
        let store = try SQLiteRegistryStore(file: Self.registryFile(in: directory))
        let text = """
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}
            """
        try await store.apply([
            .putPolicy(PolicyRecord(name: "fleet", text: text, version: 1)),
            .putAuthority(
                AuthorityRecord(
                    id: authority.certificate.id, der: authority.certificate.der, isActive: true,
                    autoRegistration: nil, registeredAt: Self.registeredAt)),
        ])
        // In the order of the identifiers: otherwise the filling is most of the run.
        let order = (0..<count).map { ($0, Self.id($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
        for start in stride(from: 0, to: count, by: 10_000) {
            var changes: [RegistryChange] = []
            for number in order[start..<min(count, start + 10_000)] {
                let record = Self.record(number, authority.certificate)
                changes.append(.insertCertificate(record, der: Self.der(number)))
                changes.append(.attachPolicy(name: "fleet", certificate: record.id))
                if withThings {
                    let name = "device-\(String(number, radix: 36))-0123456789"
                    changes.append(.putThing(ThingRecord(name: name)))
                    changes.append(.attachThing(name: name, certificate: record.id, isExclusive: false))
                }
            }
            try await store.apply(changes)
        }
        store.close()
    }

    /// Of a real certificate's length, and nothing else of one.
    private static func der(_ number: Int) -> [UInt8] {
        [0x30, 0x82] + [UInt8](repeating: 0x55, count: 560)
            + withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) }
    }

    static func id(_ number: Int) -> CertificateID { CertificateID(der: der(number)) }

    private static func record(_ number: Int, _ authority: X509Certificate) -> CertificateRecord {
        let id = id(number)
        return CertificateRecord(
            id: id, status: .active, notBefore: registeredAt, notAfter: CertificateAuthority.deviceNotAfter,
            issuer: authority.subjectDER, serialNumber: Array(id.bytes.prefix(20)), authority: authority.id,
            registeredAt: registeredAt)
    }
}
