import X509Auth

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension MachineNames {
    /// The names and addresses that a certificate doesn't cover.
    func missing(in certificate: X509Certificate) -> [String] {
        var names: Set<String> = []
        var addresses: Set<[UInt8]> = []
        for name in certificate.subjectAlternativeNames {
            switch name {
            case .dns(let name): names.insert(name.lowercased())
            case .ipAddress(let octets): addresses.insert(octets)
            default: break
            }
        }
        return dnsNames.filter { !names.contains($0) }
            + ipAddresses.filter { Self.octets($0).map { !addresses.contains($0) } ?? false }
    }

    /// The address's 4 or 16 octets; there are several ways to write them, so text can't be compared.
    private static func octets(_ address: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var octets = [UInt8](repeating: 0, count: count)
            if inet_pton(family, address, &octets) == 1 { return octets }
        }
        return nil
    }
}
