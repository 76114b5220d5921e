import Benchmark
import CodecWorkloads

let benchmarks: @Sendable () -> Void = {
    // A million units a sample: making the input is then part of no figure.
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], scalingFactor: .mega, maxDuration: .seconds(2))
    for workload in CodecWorkload.allCases {
        Benchmark(workload.rawValue) { benchmark in
            blackHole(workload.run(benchmark.scaledIterations.count))
        }
    }
}
