import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The names and addresses that devices may reach this machine by.
struct MachineNames: Equatable {
    /// DNS names, `localhost` first.
    var dnsNames: [String]
    /// IP addresses in their usual text form.
    var ipAddresses: [String]

    /// More addresses than this (virtual bridges by the hundred) are left out of the certificate.
    static let maximumAddresses = 64

    /// What the system says now: host name and interface addresses, without the link-local ones, which
    /// mean nothing without an interface.
    static func current() -> MachineNames {
        var names = MachineNames(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"])
        if let host = hostName(), host != "localhost" { names.dnsNames.append(host) }
        for address in interfaceAddresses() where !names.ipAddresses.contains(address) {
            if names.ipAddresses.count == maximumAddresses { break }
            names.ipAddresses.append(address)
        }
        return names
    }

    private static func hostName() -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return isHostName(name) ? name.lowercased() : nil
    }

    /// RFC 1123 §2.1: letters, digits and hyphens in labels of at most 63.
    static func isHostName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
    }

    private static func interfaceAddresses() -> [String] {
        let devices = (try? System.enumerateDevices()) ?? []
        let addresses = devices.compactMap { $0.address?.ipAddress }
        // Link-local IPv6, fe80::/10.
        return Set(addresses).filter { address in
            !["fe8", "fe9", "fea", "feb"].contains { address.lowercased().hasPrefix($0) }
        }.sorted()
    }
}
