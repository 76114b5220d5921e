import TLSWorkloads

// tls-count list | tls-count WORKLOAD COUNT
// Runs one workload, for a profiler or an allocation counter to watch, and prints its time. The list says with
// each workload how often Scripts/count is to run it, and by how much its instructions may differ.
func run(_ arguments: [String]) throws -> String {
    if arguments.first == "list" {
        return TLSWorkload.allCases
            .map { "\($0.rawValue) \($0.iterations) \($0.tolerance)" }.joined(separator: "\n")
    }
    guard arguments.count == 2, let workload = TLSWorkload(rawValue: arguments[0]),
        let count = Int(arguments[1]), count > 0
    else { return "usage: tls-count list | tls-count WORKLOAD COUNT" }
    return "\(workload.rawValue) \(try workload.run(count)) bytes"
}

print(try run(Array(CommandLine.arguments.dropFirst())))
