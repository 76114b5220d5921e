import Benchmark
import CertificateWorkloads

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(1))
    for workload in CertificateWorkload.allCases {
        Benchmark(workload.rawValue) { benchmark in blackHole(workload.run(benchmark.scaledIterations.count))
        }
    }
    for workload in VerificationWorkload.allCases {
        Benchmark(workload.rawValue) { benchmark in blackHole(workload.run(benchmark.scaledIterations.count))
        }
    }
    for workload in RegistryWorkload.allCases {
        Benchmark(workload.rawValue) { benchmark in blackHole(workload.run(benchmark.scaledIterations.count))
        }
    }
}
