// One device's life in certificates, with X509Auth alone: no network, no files, no clock but the one below.

import X509Auth

/// 2030-01-01T00:00:00Z. A real program takes the time of day.
let now: Int64 = 1_893_456_000
let day: Int64 = 86_400

func show(_ what: String, _ verdict: X509Verdict) {
    switch verdict {
    case .registered(let id): print("\(what): let in as \(id)")
    case .firstSight(let id, let authority): print("\(what): new device \(id) of authority \(authority)")
    case .rejected(let rejection):
        print("\(what): refused with alert \(rejection.alert), \(rejection.message)")
    }
}

// An authority, and a device certificate with its key.
let (authority, _) = try CertificateAuthority.create(
    commonName: "Example devices", organization: "Example", notBefore: now - day, notAfter: now + 3_650 * day)
let device = try authority.issueDevice(commonName: "device1", notBefore: now - day)
print(CertificateReport(device.certificate, now: now).text)

let store = InMemoryTrustStore()
let authenticator = X509Authenticator(trust: store)
let leaf = device.certificate.der

show("unknown to the registry", authenticator.judge(leaf: leaf, chain: [], now: now))

try store.register(authority: authority.certificate, allowsAutoRegistration: true)
show("its authority registered", authenticator.judge(leaf: leaf, chain: [], now: now))

try store.register(device.certificate)
show("registered", authenticator.judge(leaf: leaf, chain: [], now: now))

try store.setStatus(.inactive, of: device.certificate.id)
show("deactivated", authenticator.judge(leaf: leaf, chain: [], now: now))

try store.setStatus(.active, of: device.certificate.id)
show("activated, twenty-one years on", authenticator.judge(leaf: leaf, chain: [], now: now + 21 * 365 * day))
