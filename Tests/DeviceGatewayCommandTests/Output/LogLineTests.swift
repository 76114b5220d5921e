import Foundation
import Logging
import Testing

@testable import device_gateway

@Suite("Log lines")
struct LogLineTests {
    private func line(_ message: String, _ fields: [String: String]) -> String {
        let text = LogLine.text(
            time: Date(timeIntervalSince1970: 1_772_373_727.5), level: .info, message: message, fields: fields
        )
        #expect(text.hasPrefix("2026-03-01T14:02:07.500Z info "))
        return String(text.dropFirst("2026-03-01T14:02:07.500Z info ".count))
    }

    @Test("A refusal reads like a sentence, with its fields behind it")
    func refusal() {
        let fields = [
            "client": "device1", "remote": "127.0.0.1:5000", "certificate": "3fa9c1d2aaaa",
            "reason": "status",
            "detail": "the certificate is INACTIVE",
        ]
        #expect(
            line("refused", fields) == "refused device1: the certificate is INACTIVE. "
                + #"certificate="3fa9c1d2aaaa" reason="status" remote="127.0.0.1:5000""#)
    }

    @Test("Who is not known is called by the address; what is not known is left out")
    func unknownClient() {
        let fields = ["client": "-", "certificate": "-", "remote": "127.0.0.1:5000", "detail": "no TLS"]
        #expect(line("refused", fields) == "refused 127.0.0.1:5000: no TLS.")
    }

    @Test("A denial isn't told twice")
    func denial() {
        let fields = ["client": "d", "action": "publish", "detail": "denied: nothing allows it"]
        #expect(line("denied", fields) == #"denied d: nothing allows it. action="publish""#)
    }

    @Test("Without a reason all fields stay fields")
    func plain() {
        #expect(line("connected", ["client": "d", "version": "5"]) == #"connected client="d" version="5""#)
    }

    @Test(
        "A peer's text makes no line, no terminal command and no field of its own",
        arguments: [
            "\n", "\r", "\u{1B}[2J", "\u{2028}", "\u{202E}", "\u{85}", #"" reason="ok"#, #"x=""#, "reason=",
        ])
    func forging(_ text: String) {
        for key in ["client", "detail", "name"] {
            let line = line(
                "denied", ["client": "d", "detail": "e", "reason": "real"].merging([key: text]) { $1 })
            #expect(
                line.unicodeScalars.allSatisfy {
                    ![.control, .format, .lineSeparator].contains($0.properties.generalCategory)
                })
            let names = line.matches(of: #/ ([a-z]+)="[^"]*"/#).map { $0.1 }
            #expect(names == (key == "name" ? ["name", "reason"] : ["reason"]))
            #expect(line.hasSuffix(#" reason="real""#))
        }
    }

    @Test("The handler merges fields and passes one line on")
    func handler() {
        let lines = Lines()
        var logger = Logger(label: "test", factory: { _ in ReadableLogHandler { lines.append($0) } })
        logger[metadataKey: "a"] = "1"
        logger.logLevel = .warning
        logger.info("not this")
        logger.warning("this", metadata: ["b": "two words"])
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.hasSuffix(#" warning this a="1" b="two words""#) == true)
    }

    private final class Lines: @unchecked Sendable {
        // Unchecked: used by one test on one task.
        private(set) var all: [String] = []
        func append(_ line: String) { all.append(line) }
    }
}
