@testable import X509Auth

extension X509Verdict {
    var rejection: X509Rejection? {
        if case .rejected(let rejection) = self { rejection } else { nil }
    }
}
