import CertificateWorkloads

// certificates-count list | certificates-count WORKLOAD COUNT
// Runs one workload, for a profiler or an allocation counter to watch, and prints its time.
func run(_ arguments: [String]) -> String {
    if arguments.first == "list" {
        // Entries of a list are read a hundred thousand at a time: nothing to divide by a count.
        let verification = VerificationWorkload.allCases.filter { $0 != .readList }
        // What OpenSSL does is slow, and depends on random numbers a little; making a registry does on hash seeds, and
        // has to be little beside the look-ups.
        return
            (CertificateWorkload.allCases.map { "\($0.rawValue) 100 5" }
            + verification.map { "\($0.rawValue) \($0 == .lookUp || $0 == .registered ? 1_000 : 100) 5" }
            + RegistryWorkload.allCases.map { "\($0.rawValue) 10000 5" }).joined(separator: "\n")
    }
    guard arguments.count == 2, let count = Int(arguments[1]), count > 0 else { return usage }
    let start = ContinuousClock.now
    let result: Int
    if let workload = CertificateWorkload(rawValue: arguments[0]) {
        result = workload.run(count)
    } else if let workload = VerificationWorkload(rawValue: arguments[0]) {
        result = workload.run(count)
    } else if let workload = RegistryWorkload(rawValue: arguments[0]) {
        result = workload.run(count)
    } else {
        return usage
    }
    let nanoseconds = (ContinuousClock.now - start) / .nanoseconds(1)
    return "\(arguments[0]) \(nanoseconds / Double(count)) ns each, \(result)"
}

let usage = "usage: certificates-count list | certificates-count WORKLOAD COUNT"

print(run(Array(CommandLine.arguments.dropFirst())))
