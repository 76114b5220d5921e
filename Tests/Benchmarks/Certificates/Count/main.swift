import CertificateWorkloads

// certificates-count list | certificates-count WORKLOAD COUNT
// Runs one workload, for a profiler or an allocation counter to watch, and prints its time.
func run(_ arguments: [String]) -> String {
    if arguments.first == "list" {
        return CertificateWorkload.allCases.map(\.rawValue).joined(separator: "\n")
    }
    guard arguments.count == 2, let workload = CertificateWorkload(rawValue: arguments[0]),
        let count = Int(arguments[1]), count > 0
    else { return "usage: certificates-count list | certificates-count WORKLOAD COUNT" }
    let start = ContinuousClock.now
    let result = workload.run(count)
    let nanoseconds = (ContinuousClock.now - start) / .nanoseconds(1)
    return "\(workload.rawValue) \(nanoseconds / Double(count)) ns each, \(result)"
}

print(run(Array(CommandLine.arguments.dropFirst())))
