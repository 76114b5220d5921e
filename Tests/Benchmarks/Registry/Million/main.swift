import Foundation

// The registry with a million certificates: what it takes to open it, to hold it and to look one up; how soon a
// device on a live connection over mutual TLS loses it when its certificate is deactivated, or named by a revocation
// list; what it takes to say what a change of their authority would end; and how long a look-up on another thread
// takes at worst meanwhile.
//
//     swift run -c release registry-million [COUNT]
//     registry-million fill DIRECTORY COUNT bare|things
//     registry-million measure DIRECTORY COUNT
//
// The first does the other two, for certificates with a policy each and then with a policy and a thing each, in
// processes of their own: memory that filling has used would hide what measuring uses. Its files lie under the
// temporary directory and are removed.

func runAgain(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkFailure("\(arguments) failed") }
}

let arguments = Array(CommandLine.arguments.dropFirst())
let count = (arguments.count > 2 ? Int(arguments[2]) : arguments.first.flatMap { Int($0) }) ?? 1_000_000
switch arguments.first {
case "fill" where arguments.count == 4:
    let time = try await seconds {
        try await Fleet(count: count).fill(arguments[1], withThings: arguments[3] == "things")
    }
    say("filled in \(Int(time)) s")
case "measure" where arguments.count == 3:
    try await Measurement(directory: arguments[1], count: count).run()
default:
    for attachments in ["bare", "things"] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "registry-million-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try runAgain("fill", directory.path(), "\(count)", attachments)
        try runAgain("measure", directory.path(), "\(count)")
    }
}
