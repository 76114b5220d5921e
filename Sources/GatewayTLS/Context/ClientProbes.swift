import Synchronization

/// Which client settings have been tried on this system. Only successes are kept: the answer does not
/// change while the process runs.
enum ClientProbes {
    struct Key: Hashable {
        var versions: ClosedRange<TLSVersion>
        var groups: String
        var cipherSuites: String?
        var cipherSuitesTLS13: String?
    }

    private static let limit = 64
    private static let keys = Mutex<Set<Key>>([])

    static func havePassed(_ key: Key) -> Bool { keys.withLock { $0.contains(key) } }

    static func passed(_ key: Key) {
        keys.withLock { keys in
            if keys.count >= limit { keys.removeAll() }
            keys.insert(key)
        }
    }
}
