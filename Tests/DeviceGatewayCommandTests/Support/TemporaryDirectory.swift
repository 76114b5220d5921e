import Foundation

/// Runs a test in a directory of its own, which is removed afterwards.
func withTemporaryDirectory(_ body: (_ path: String) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
        "gw-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(url.path)
}

/// The permission bits of a file or directory.
func mode(of path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
}

/// The names in a directory, sorted.
func entries(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}
