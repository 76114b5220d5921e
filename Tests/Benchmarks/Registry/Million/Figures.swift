import Foundation

struct BenchmarkFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// A line, at once, into a file as well.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start) / .seconds(1)
}

func milliseconds(_ duration: Duration) -> String {
    (duration / .milliseconds(1)).formatted(.number.precision(.fractionLength(2))) + " ms"
}

/// Median and maximum.
func summary(_ durations: [Duration]) -> String {
    let sorted = durations.sorted()
    guard let last = sorted.last else { return "none" }
    return
        "\(milliseconds(sorted[sorted.count / 2])) (median), \(milliseconds(last)) (most of \(sorted.count))"
}

/// Bytes of memory that the process has of its own, as the kernel counts them (proc(5), RssAnon).
func memoryInUse() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
        let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kilobytes * 1_024
}
