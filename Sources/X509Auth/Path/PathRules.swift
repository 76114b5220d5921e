/// The rules of RFC 5280 6.1 that hold along a path, from the anchor down; each certificate by itself is judged by
/// ``CertificateRules``, signatures by OpenSSL.
struct PathRules {
    /// The most intermediates that are not self-issued.
    let maximumIntermediates: Int
    /// Names times constraints: a million takes some hundredths of a second.
    static let maximumComparisons = 1 << 20

    /// `path`: anchor first, leaf last.
    ///
    /// - Parameter comparisons: How many names may still be compared with constraints; counted down.
    func check(_ path: [PathCertificate], comparisons: inout Int) throws(CertificatePathFailure) {
        try checkLengths(path)
        try checkPolicies(path)
        try checkNames(path, &comparisons)
    }

    private func checkLengths(_ path: [PathCertificate]) throws(CertificatePathFailure) {
        var allowed = maximumIntermediates
        var limiter = "the caller"
        for (index, item) in path.enumerated().dropLast() {
            if index > 0, !item.isSelfIssued {
                guard allowed > 0 else {
                    throw CertificatePathFailure(
                        .pathTooLong, "\(item.name) is an authority too many below \(limiter)")
                }
                allowed -= 1
            }
            if let length = item.certificate.pathLengthConstraint, length < allowed {
                allowed = length
                limiter = item.name
            }
        }
    }

    /// The anchor's own policies are not looked at (RFC 5280 6.1.1 d).
    private func checkPolicies(_ path: [PathCertificate]) throws(CertificatePathFailure) {
        let below = path.dropFirst()
        var state = PolicyState(length: below.count)
        for (index, item) in below.enumerated() {
            let isLast = index == below.count - 1
            guard state.process(item.policies, isLast: isLast, isSelfIssued: item.isSelfIssued) else {
                throw CertificatePathFailure(
                    .policy, "\(item.name) has no acceptable certificate policy, and one is required")
            }
        }
    }

    private func checkNames(_ path: [PathCertificate], _ comparisons: inout Int)
        throws(CertificatePathFailure)
    {
        var inForce: [(constraints: NameConstraints, of: PathCertificate)] = []
        for (index, item) in path.enumerated() {
            let isLast = index == path.count - 1
            if index > 0, !inForce.isEmpty, isLast || !item.isSelfIssued {
                let names = ConstrainedName.names(of: item.certificate)
                comparisons -= names.count * inForce.reduce(1) { $0 + $1.constraints.count }
                guard comparisons >= 0 else {
                    throw CertificatePathFailure(
                        .tooMuchWork, "\(item.name) has \(names.count) names under too many name constraints")
                }
                for (constraints, authority) in inForce {
                    for name in names { try check(name, of: item, constraints, authority) }
                }
            }
            if let constraints = item.constraints { inForce.append((constraints, item)) }
        }
    }

    private func check(
        _ name: ConstrainedName, of item: PathCertificate, _ constraints: NameConstraints,
        _ authority: PathCertificate
    ) throws(CertificatePathFailure) {
        if constraints.excluded.contains(where: name.meets) {
            throw CertificatePathFailure(
                .nameConstraint, "\(item.name): \(name.description) is excluded by \(authority.name)")
        }
        let permitted = constraints.permitted.filter(name.isOfKind)
        if !permitted.isEmpty, !permitted.contains(where: name.isInside) {
            throw CertificatePathFailure(
                .nameConstraint, "\(item.name): \(name.description) is not permitted by \(authority.name)")
        }
    }
}
