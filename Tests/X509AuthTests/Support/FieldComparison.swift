@testable import X509Auth

extension X509Certificate {
    /// Names of the fields that differ from another's, whatever fields there are.
    func fieldsThatDiffer(from other: X509Certificate) -> [String] {
        func fields(_ certificate: X509Certificate) -> [String: String] {
            var fields: [String: String] = [:]
            for child in Mirror(reflecting: certificate.contents).children {
                var text = ""
                dump(child.value, to: &text)
                fields[child.label ?? ""] = text
            }
            return fields
        }
        let left = fields(self)
        let right = fields(other)
        return Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
    }
}
