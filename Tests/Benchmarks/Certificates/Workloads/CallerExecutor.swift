import Synchronization

/// Runs asynchronous work to its end on the thread that asks for it. Valgrind 3.19 does not survive the threads that
/// the runtime's own executors start.
final class CallerExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// - Returns: what `body` returns, which must wait for nothing but itself.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let executor = CallerExecutor()
        let outcome = Outcome<Value>()
        Task(executorPreference: executor) {
            do {
                outcome.set(.success(try await body()))
            } catch {
                outcome.set(.failure(error))
            }
        }
        while let job = executor.jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: executor.asUnownedTaskExecutor())
        }
        guard let result = outcome.value else { preconditionFailure("the work waits for another thread") }
        return try result.get()
    }

    private final class Outcome<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)
        var value: Result<Value, any Error>? { result.withLock { $0 } }
        func set(_ value: Result<Value, any Error>) { result.withLock { $0 = value } }
    }
}
