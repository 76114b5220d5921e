#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Unix seconds, for people.
enum Timestamp {
    /// `2049-12-31T23:59:59Z`
    static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }

    /// The present moment in Unix seconds.
    static func now() -> Int64 {
        Int64(Date().timeIntervalSince1970)
    }
}
