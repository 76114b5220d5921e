import Foundation
import Testing

@testable import MQTTCodec

/// `Docs/SpecCoverage.md` has a row for everything the codec names.
@Suite struct SpecCoverageTests {
    /// The statements with a row, by version.
    private func documented() throws -> [MQTTVersion: Set<Substring>] {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Docs/SpecCoverage.md"), encoding: .utf8)
        var statements: [MQTTVersion: Set<Substring>] = [:]
        var version = MQTTVersion.v5
        for line in text.split(separator: "\n") {
            if line == "## MQTT 3.1.1" { version = .v3_1_1 }
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard cells.count == 4, let first = cells[0].split(separator: " ").first else { continue }
            statements[version, default: []].insert(first)
        }
        return statements
    }

    @Test func `Every rule has its statement in it`() throws {
        let documented = try documented()
        #expect(documented[.v5, default: []].count > 200)
        #expect(documented[.v3_1_1, default: []].count > 130)
        for rule in Rule.allCases {
            let isDocumented =
                documented[.v5, default: []].contains(rule.entry.statement5[...])
                || documented[.v3_1_1, default: []].contains(rule.entry.statement3[...])
            #expect(isDocumented, "\(rule): \(rule.entry.statement5), \(rule.entry.statement3)")
        }
    }

    @Test func `Every row of the packet table has its statement in it`() throws {
        let documented = try documented()
        for row in try PacketCase.all where row.statement.hasPrefix("MQTT-") {
            let isDocumented = row.versions.contains {
                documented[$0, default: []].contains(row.statement[...])
            }
            #expect(isDocumented, "\(row.testDescription)")
        }
    }
}
