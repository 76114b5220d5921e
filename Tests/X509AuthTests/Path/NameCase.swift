import Testing

@testable import X509Auth

/// One name under constraints.
struct NameCase: Sendable, CustomTestStringConvertible {
    let title: String
    var permitted: [[UInt8]] = []
    var excluded: [[UInt8]] = []
    var name: [UInt8]?
    var subject: [UInt8]?
    let isAllowed: Bool

    var testDescription: String { title }

    static let all: [NameCase] = dns + mail + addresses + others

    private static let dns: [NameCase] = [
        .init(
            title: "DNS itself", permitted: [Forge.dns("a.example")], name: Forge.dns("A.example"),
            isAllowed: true),
        .init(
            title: "DNS below", permitted: [Forge.dns("example")], name: Forge.dns("x.y.example"),
            isAllowed: true),
        .init(
            title: "no label boundary", permitted: [Forge.dns("ample.com")], name: Forge.dns("example.com"),
            isAllowed: false),
        .init(
            title: "excluded below", excluded: [Forge.dns("example")], name: Forge.dns("x.example"),
            isAllowed: false),
        .init(
            title: "everything excluded", excluded: [Forge.dns("")], name: Forge.dns("x.example"),
            isAllowed: false),
        .init(
            title: "another kind", permitted: [Forge.email("example.com")], name: Forge.dns("x.test"),
            isAllowed: true),
        .init(
            title: "wildcard over an excluded name", excluded: [Forge.dns("bar.example.com")],
            name: Forge.dns("*.example.com"), isAllowed: false),
        .init(
            title: "wildcard beside an excluded name two labels down",
            excluded: [Forge.dns("a.bar.example.com")],
            name: Forge.dns("*.example.com"), isAllowed: true),
        .init(
            title: "wildcard wider than the permitted name", permitted: [Forge.dns("foo.example.com")],
            name: Forge.dns("*.example.com"), isAllowed: false),
        .init(
            title: "wildcard inside", permitted: [Forge.dns("example.com")], name: Forge.dns("*.example.com"),
            isAllowed: true),
        .init(
            title: "a common name that is a host's", permitted: [Forge.dns("example.com")],
            subject: DER.commonName("evil.test"), isAllowed: false),
        .init(
            title: "a common name that is none", permitted: [Forge.dns("example.com")],
            subject: DER.commonName("device-7"), isAllowed: true),
    ]

    private static let mail: [NameCase] = [
        .init(
            title: "host", permitted: [Forge.email("a.example")], name: Forge.email("x@A.example"),
            isAllowed: true),
        .init(
            title: "below a host", permitted: [Forge.email("example")], name: Forge.email("x@a.example"),
            isAllowed: false),
        .init(
            title: "domain", permitted: [Forge.email(".example")], name: Forge.email("x@a.example"),
            isAllowed: true),
        .init(
            title: "domain itself", permitted: [Forge.email(".example")], name: Forge.email("x@example"),
            isAllowed: false),
        .init(
            title: "mailbox", permitted: [Forge.email("x@a.test")], name: Forge.email("x@a.test"),
            isAllowed: true),
        .init(
            title: "mailbox, other case", permitted: [Forge.email("x@a.test")], name: Forge.email("X@a.test"),
            isAllowed: false),
        .init(
            title: "an asterisk is a letter", permitted: [Forge.email("*@a.test")],
            name: Forge.email("x@a.test"), isAllowed: false),
        .init(
            title: "email in the subject", excluded: [Forge.email("bad.test")],
            subject: DER.name(("1.2.840.113549.1.9.1", DER.tlv(0x16, Array("x@bad.test".utf8)))),
            isAllowed: false),
    ]

    private static let addresses: [NameCase] = [
        .init(
            title: "IPv4 inside", permitted: [Forge.address([10, 0, 0, 0, 255, 0, 0, 0])],
            name: Forge.address([10, 1, 2, 3]), isAllowed: true),
        .init(
            title: "IPv4 outside", permitted: [Forge.address([10, 0, 0, 0, 255, 0, 0, 0])],
            name: Forge.address([11, 1, 2, 3]), isAllowed: false),
        .init(
            title: "IPv4 excluded", excluded: [Forge.address([10, 0, 0, 0, 255, 0, 0, 0])],
            name: Forge.address([10, 1, 2, 3]), isAllowed: false),
        .init(
            title: "IPv6 is not permitted by IPv4", permitted: [Forge.address([10, 0, 0, 0, 255, 0, 0, 0])],
            name: Forge.address([UInt8](repeating: 1, count: 16)), isAllowed: false),
    ]

    private static let others: [NameCase] = [
        .init(
            title: "URI host", permitted: [Forge.uri("a.example")],
            name: Forge.uri("https://u@a.example:1/x"), isAllowed: true),
        .init(
            title: "URI host, below", permitted: [Forge.uri("example")],
            name: Forge.uri("https://a.example/"), isAllowed: false),
        .init(
            title: "URI domain", permitted: [Forge.uri(".example")], name: Forge.uri("https://a.example"),
            isAllowed: true),
        .init(
            title: "URI without a host", permitted: [Forge.uri(".example")], name: Forge.uri("urn:x:y"),
            isAllowed: false),
        .init(
            title: "URI without a host, excluded", excluded: [Forge.uri(".example")],
            name: Forge.uri("urn:x:y"), isAllowed: false),
        .init(
            title: "directory name below",
            permitted: [Forge.directory(DER.name(("2.5.4.10", DER.utf8("ACME"))))],
            subject: DER.name(("2.5.4.10", DER.printable("acme")), ("2.5.4.3", DER.utf8("d"))),
            isAllowed: true),
        .init(
            title: "directory name elsewhere",
            permitted: [Forge.directory(DER.name(("2.5.4.10", DER.utf8("ACME"))))],
            subject: DER.name(("2.5.4.10", DER.utf8("Other"))), isAllowed: false),
        .init(
            title: "directory name excluded",
            excluded: [Forge.directory(DER.name(("2.5.4.10", DER.utf8("ACME"))))],
            subject: DER.name(("2.5.4.10", DER.utf8("ACME")), ("2.5.4.3", DER.utf8("d"))), isAllowed: false),
        .init(
            title: "a kind that is not compared, present",
            excluded: [DER.tlv(0x88, [0x2a, 3])], name: DER.tlv(0x88, [0x2a, 4]), isAllowed: false),
        .init(
            title: "a kind that is not compared, absent", excluded: [DER.tlv(0x88, [0x2a, 3])],
            isAllowed: true),
    ]

    private static func permitting(_ base: [UInt8], _ more: [UInt8] = []) -> [UInt8] {
        DER.sequence(DER.explicit(0, DER.sequence(base, more)))
    }

    static let malformed: [(String, [UInt8])] = [
        ("nothing", DER.sequence()), ("no subtrees", DER.sequence(DER.explicit(0, []))),
        ("NULL", DER.sequence([0xa0, 2, 5, 0])), ("leading period", permitting(Forge.dns(".example.com"))),
        ("wildcard", permitting(Forge.dns("*.example.com"))),
        ("underscore", permitting(Forge.dns("a_b.example"))),
        ("two at signs", permitting(Forge.email("a@b@example.com"))),
        ("empty email", permitting(Forge.email(""))),
        ("no mask", permitting(Forge.address([10, 0, 0, 0]))),
        ("broken mask", permitting(Forge.address([10, 0, 0, 0, 255, 0, 255, 0]))),
        ("minimum", permitting(Forge.dns("example.com"), DER.tlv(0x80, [1]))),
        ("maximum", permitting(Forge.dns("example.com"), DER.tlv(0x81, [1]))),
    ]
}
