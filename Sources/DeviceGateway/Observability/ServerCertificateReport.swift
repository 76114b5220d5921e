import GatewayTLS

/// A server certificate that needs somebody's attention.
public struct ServerCertificateReport: Sendable, Hashable {
    /// What is wrong with it.
    public enum Problem: Sendable, Hashable, CustomStringConvertible {
        /// Devices that know the time refuse it until its first second.
        case notYetValid
        /// It ends in less than so many days: told at 30, at 7 and at 1.
        case expiresSoon(days: Int)
        /// Devices that know the time refuse it.
        case expired
        /// Its OCSP response has reached its nextUpdate; the certificate is served without one.
        case stapleOutdated

        /// A stable name in kebab case.
        public var description: String {
            switch self {
            case .notYetValid: "not-yet-valid"
            case .expiresSoon(let days): "expires-within-\(days)-days"
            case .expired: "expired"
            case .stapleOutdated: "staple-outdated"
            }
        }
    }

    /// The certificate's subject in RFC 2253 form, escaped to ASCII.
    public var subject: String
    /// The domain that presents it.
    public var domain: String
    /// The files or URIs it was read from, if any.
    public var source: String?
    /// The certificate's last second, in Unix seconds.
    public var notAfter: Int64
    /// What is wrong.
    public var problem: Problem
    /// A sentence for the operator.
    public var message: String

    init(_ credential: TLSCredential, domain: String, _ problem: Problem, now: Int64) {
        subject = credential.subject
        self.domain = domain
        source = credential.source
        notAfter = credential.notAfter
        self.problem = problem
        let place = credential.source.map { " (\($0))" } ?? ""
        switch problem {
        case .notYetValid, .expired:
            do {
                try credential.check(at: now)
                message = ""
            } catch {
                message = error.message
            }
        case .expiresSoon:
            let hours = max(0, credential.notAfter - now) / 3_600
            let left = hours >= 48 ? "\(hours / 24) days" : "\(hours) hours"
            message = "the certificate of \(credential.subject) ends in \(left); replace it\(place)"
        case .stapleOutdated:
            message =
                "the OCSP response for \(credential.subject) is outdated and is no longer sent; fetch a new one"
                + place
        }
    }

    /// Whether devices are refused already.
    var isPressing: Bool {
        switch problem {
        case .notYetValid, .expired: true
        case .expiresSoon(let days): days <= 1
        case .stapleOutdated: false
        }
    }
}
