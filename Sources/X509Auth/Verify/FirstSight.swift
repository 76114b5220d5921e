/// The rules for a device the registry does not know: its certificate must verify, here and now, to a
/// registered authority that lets unknown devices in.
///
/// The registry is asked for the issuer by name and key identifier, and the signature is verified with
/// that one authority: no store of all authorities, no search, no backtracking.
struct FirstSight {
    let trust: any TrustSource
    let requirements: X509Requirements
    /// Unix seconds.
    let now: Int64

    /// The authority that vouches for the device.
    func authority(
        for leaf: [UInt8], chain: [[UInt8]]
    ) throws(X509Rejection) -> CertificateID {
        let device = try Self.read(Self.open(leaf, what: "the client's certificate"))
        let name = X509Requirements.name(device.certificate)
        let path = try self.path(from: device, name: name, chain: chain)
        let candidates = try usable(path.authorities, name: name)

        try requirements.check(device.certificate)
        guard device.certificate.allowsClientAuthentication, !device.certificate.isCertificateAuthority
        else {
            throw X509Rejection(
                .wrongUsage,
                "certificate \(name) is not a device's: an authority, or not for TLS clients; connect with a certificate issued for clientAuth"
            )
        }
        try checkDates(device.certificate, name: "certificate \(name)")
        for intermediate in path.intermediates {
            try requirements.checkAuthority(intermediate.certificate)
            try checkAuthorityDates(intermediate.certificate)
        }

        let authority = try verify(device, path.intermediates, candidates, name: name)
        try checkRevocation(path.intermediates.last ?? device, of: authority)
        guard
            !trust.isKnown(
                issuerDER: device.certificate.issuerDER,
                serialNumber: device.certificate.serialNumber.bytes)
        else {
            throw X509Rejection(
                .twin,
                "certificate \(name) has the issuer and serial number of a registered certificate but other bytes; it is a copy with a changed signature, or its authority numbers twice: register it by hand if it is genuine"
            )
        }
        return authority.id
    }

    /// A certificate as sent, of which only the subject is known.
    private struct Unread {
        let der: [UInt8]
        let handle: CertificateHandle
        let subjectDER: [UInt8]
        /// For messages.
        let what: String
    }

    private struct Presented {
        let certificate: X509Certificate
        let handle: CertificateHandle
    }

    private struct Path {
        var intermediates: [Presented] = []
        var authorities: [RegisteredAuthority] = []
    }

    /// Walks up from the device through what the client sent, until an issuer is registered. There is no
    /// backtracking: names and key identifiers lead, signatures are checked afterwards.
    private func path(
        from device: Presented, name: String, chain: [[UInt8]]
    ) throws(X509Rejection) -> Path {
        var path = Path()
        path.authorities = registered(issuerOf: device.certificate)
        if !path.authorities.isEmpty || chain.isEmpty || requirements.maximumIntermediates == 0 {
            return try found(path, device, name)
        }
        guard chain.count <= requirements.maximumChainCount,
            chain.allSatisfy({ $0.count <= requirements.maximumCertificateSize })
        else {
            throw X509Rejection(
                .tooLarge,
                "the client of certificate \(name) sent \(chain.count) further certificates; at most \(requirements.maximumChainCount) of \(requirements.maximumCertificateSize) bytes each are accepted"
            )
        }
        // Only what leads upwards is read in full; a name is enough to pass the others over.
        var remaining: [Unread] = []
        for der in chain {
            remaining.append(try Self.open(der, what: "a certificate sent along with \(name)"))
        }
        var below = device.certificate
        while path.intermediates.count < requirements.maximumIntermediates,
            let next = try Self.takeIssuer(of: below, from: &remaining)
        {
            path.intermediates.append(next)
            path.authorities = registered(issuerOf: next.certificate)
            if !path.authorities.isEmpty { break }
            below = next.certificate
        }
        return try found(path, device, name)
    }

    private func found(_ path: Path, _ device: Presented, _ name: String) throws(X509Rejection) -> Path {
        guard !path.authorities.isEmpty else {
            throw X509Rejection(
                .unregistered,
                "certificate \(name), issued by \(PrintableText.escape(device.certificate.issuer.description)), is not registered; register it, or its authority with auto-registration"
            )
        }
        return path
    }

    private func registered(issuerOf certificate: X509Certificate) -> [RegisteredAuthority] {
        trust.registeredAuthorities(
            issuerDER: certificate.issuerDER, keyIdentifier: certificate.authorityKeyIdentifier)
    }

    /// The first certificate whose name, and key identifier where both have one, is the wanted issuer's.
    private static func takeIssuer(
        of certificate: X509Certificate, from remaining: inout [Unread]
    ) throws(X509Rejection) -> Presented? {
        for (index, candidate) in remaining.enumerated()
        where candidate.subjectDER == certificate.issuerDER {
            let issuer = try read(candidate)
            if let wanted = certificate.authorityKeyIdentifier,
                let has = issuer.certificate.subjectKeyIdentifier, wanted != has
            {
                continue
            }
            remaining.remove(at: index)
            return issuer
        }
        return nil
    }

    /// The authorities that let unknown devices in; the refusal says what the others lack.
    private func usable(
        _ authorities: [RegisteredAuthority], name: String
    ) throws(X509Rejection) -> [RegisteredAuthority] {
        let active = authorities.filter { $0.status == .active }
        guard let first = active.first else {
            throw X509Rejection(
                .authorityInactive,
                "certificate \(name) is not registered and its authority \(authorities.first.map { X509Requirements.name($0.certificate) } ?? "") is INACTIVE; activate the authority, or register the certificate"
            )
        }
        let open = active.filter(\.allowsAutoRegistration)
        guard !open.isEmpty else {
            throw X509Rejection(
                .autoRegistrationDisabled,
                "certificate \(name) is not registered and its authority \(X509Requirements.name(first.certificate)) does not register unknown devices; register the certificate, or allow auto-registration"
            )
        }
        // AWS IoT allows ten authorities of one name; more would be an attack on our time.
        return Array(open.prefix(10))
    }

    private func verify(
        _ device: Presented, _ intermediates: [Presented], _ authorities: [RegisteredAuthority],
        name: String
    ) throws(X509Rejection) -> RegisteredAuthority {
        var rejection: X509Rejection?
        for authority in authorities {
            do throws(X509Rejection) {
                try requirements.checkAuthority(authority.certificate)
                try checkAuthorityDates(authority.certificate)
                let handle = try Self.handle(of: authority.certificate)
                let outcome = PathVerification.verify(
                    leaf: device.handle, intermediates: intermediates.map(\.handle), authority: handle,
                    securityLevel: X509Requirements.securityLevel,
                    isStrict: requirements.enforcesStrictProfile)
                if let refusal = Self.rejection(outcome, name: name, authority: authority) { throw refusal }
                try checkRules(device, intermediates, authority)
                return authority
            } catch {
                rejection = rejection ?? error
            }
        }
        throw rejection ?? X509Rejection(.untrustedChain, "certificate \(name) has no usable authority")
    }

    /// The rules of RFC 5280 that OpenSSL leaves out: a path must satisfy both.
    private func checkRules(
        _ device: Presented, _ intermediates: [Presented], _ authority: RegisteredAuthority
    ) throws(X509Rejection) {
        let rules = CertificateRules(
            requirements: requirements, purpose: .tlsClient, isStrict: requirements.enforcesStrictProfile,
            now: now)
        do throws(CertificatePathFailure) {
            var path: [PathCertificate] = []
            let certificates = [authority.certificate] + intermediates.reversed().map(\.certificate)
            for (index, certificate) in (certificates + [device.certificate]).enumerated() {
                let item = try PathCertificate.reading(certificate)
                let place: CertificateRules.Place =
                    index == 0 ? .anchor : index == certificates.count ? .leaf : .intermediate
                if let problem = rules.problem(item, at: place) { throw problem }
                path.append(item)
            }
            var comparisons = PathRules.maximumComparisons
            try PathRules(maximumIntermediates: requirements.maximumIntermediates)
                .check(path, comparisons: &comparisons)
        } catch {
            throw X509Rejection(error, advice: "have the device's certificate issued anew by its authority")
        }
    }

    /// The registered authority's list names what that authority issued itself: the device, or the topmost of
    /// the authorities in between. Those have no lists here.
    private func checkRevocation(
        _ presented: Presented, of authority: RegisteredAuthority
    ) throws(X509Rejection) {
        guard let revocation = trust.revocation(of: authority.id) else { return }
        let check = RevocationCheck(
            name: "certificate \(X509Requirements.name(presented.certificate))", authority: authority.id,
            revocation: revocation, now: now)
        if let rejection = check.rejection(
            serialNumber: presented.certificate.serialNumber.bytes,
            isAuthority: presented.certificate.isCertificateAuthority)
        {
            throw rejection
        }
    }

    private static func rejection(
        _ outcome: PathVerification, name: String, authority: RegisteredAuthority
    ) -> X509Rejection? {
        let reason: X509Rejection.Reason
        switch outcome.result {
        case .verified: return nil
        case .usage: reason = .wrongUsage
        case .weak: reason = .weakKey
        case .failedInternally: reason = .internalFailure
        case .unverified: reason = .untrustedChain
        }
        return X509Rejection(
            reason,
            "certificate \(name) does not verify to authority \(X509Requirements.name(authority.certificate)): \(outcome.explanation); have it issued anew by that authority"
        )
    }

    // MARK: Parts

    private static func open(_ der: [UInt8], what: String) throws(X509Rejection) -> Unread {
        do {
            let handle = try CertificateHandle(der: der)
            return Unread(der: der, handle: handle, subjectDER: try handle.required(.subject), what: what)
        } catch {
            throw unusable(der, what: what, error)
        }
    }

    private static func read(_ unread: Unread) throws(X509Rejection) -> Presented {
        do {
            let certificate = try X509Certificate(der: unread.der, handle: unread.handle)
            return Presented(certificate: certificate, handle: unread.handle)
        } catch {
            throw unusable(unread.der, what: unread.what, error)
        }
    }

    private static func unusable(_ der: [UInt8], what: String, _ error: X509Error) -> X509Rejection {
        X509Rejection(
            error.code == .tooLarge ? .tooLarge : .malformed,
            "\(what) (SHA-256 \(CertificateID(der: der))) is unusable: \(error.message)")
    }

    private static func handle(of certificate: X509Certificate) throws(X509Rejection) -> CertificateHandle {
        do {
            return try certificate.contents.handle()
        } catch {
            throw X509Rejection(.internalFailure, "authority \(certificate.id): \(error.message)")
        }
    }

    private func checkDates(_ certificate: X509Certificate, name: String) throws(X509Rejection) {
        guard now >= certificate.notBefore else {
            throw .notYetValid(name, from: certificate.notBefore, now: now)
        }
        guard now <= certificate.notAfter else {
            throw .expired(name, at: certificate.notAfter, now: now)
        }
    }

    private func checkAuthorityDates(_ certificate: X509Certificate) throws(X509Rejection) {
        guard !certificate.isValid(at: now) else { return }
        throw X509Rejection(
            .authorityExpired,
            "authority \(X509Requirements.name(certificate)) is valid from \(UTCTime.string(certificate.notBefore)) to \(UTCTime.string(certificate.notAfter)), and it is \(UTCTime.string(now)); renew it, or correct the gateway's clock"
        )
    }
}
