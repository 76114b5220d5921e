import DeviceGateway
import X509Auth

/// A certificate's status as the certificate table has it.
struct StatusCode: RawRepresentable {
    private static let statuses: [CertificateStatus] = [
        .active, .inactive, .revoked, .pendingTransfer, .pendingActivation, .registerInactive,
    ]

    let status: CertificateStatus

    init(_ status: CertificateStatus) { self.status = status }

    init?(rawValue: Int64) {
        guard Self.statuses.indices.contains(Int(clamping: rawValue)) else { return nil }
        status = Self.statuses[Int(rawValue)]
    }

    var rawValue: Int64 {
        switch status {
        case .active: 0
        case .inactive: 1
        case .revoked: 2
        case .pendingTransfer: 3
        case .pendingActivation: 4
        case .registerInactive: 5
        }
    }
}

/// A certificate mode as tables have it.
struct ModeCode: RawRepresentable {
    let mode: CertificateMode

    init(_ mode: CertificateMode) { self.mode = mode }

    init?(rawValue: Int64) {
        switch rawValue {
        case 0: mode = .standard
        case 1: mode = .sniOnly
        default: return nil
        }
    }

    var rawValue: Int64 { mode == .standard ? 0 : 1 }
}

/// What the authority table's `auto_registration` says.
enum AutoRegistrationKind {
    static let pendingActivation = "pending-activation"
    static let commonName = "common-name"
    static let template = "template"
}
