import CGatewayOpenSSL

// What the C side asks the engine whose connection is being driven: the owner of the window lent to it.

private func engine(_ owner: UnsafeMutableRawPointer) -> TLSEngine {
    Unmanaged<TLSEngine>.fromOpaque(owner).takeUnretainedValue()
}

/// The judge of certificates.
private let judgePeer: gw_tls_judge = { owner, certificates, count, isResumption in
    guard let owner, let certificates else { return 80 }
    let presented = UnsafeBufferPointer(start: certificates, count: count)
        .map { Array(UnsafeBufferPointer($0)) }
    guard let leaf = presented.first else { return 80 }
    let verdict =
        isResumption == 1
        ? engine(owner).judgeResumption(leaf)
        : engine(owner).judge(TLSPeerCertificates(leaf: leaf, chain: Array(presented.dropFirst())))
    switch verdict {
    case .accept: return -1
    case .reject(let alert): return Int32(alert)
    }
}

/// The choice of a domain.
private let chooseDomain: gw_tls_choose = { owner, hello in
    guard let owner, let hello else {
        return gw_tls_choice(kind: GW_TLS_CHOICE_REFUSE, context: nil, alert: 80)
    }
    return engine(owner).choose(hello.pointee)
}

/// The time of the context.
private let tellTime: gw_tls_clock = { owner in
    guard let owner else { return 0 }
    return engine(owner).context.now?() ?? 0
}

/// The session of an id.
private let findSession: gw_tls_find = { owner, id, count in
    guard let owner else { return nil }
    return engine(owner).findSession(UnsafeRawBufferPointer(start: id, count: count))
}

/// The key of a ticket.
private let findTicketKey: gw_tls_find_ticket_key = { owner, name, destination in
    guard let owner, let destination else { return 0 }
    let name = name.map { Array(UnsafeBufferPointer(start: $0, count: 16)) }
    guard let found = engine(owner).findTicketKey(name) else { return 0 }
    found.key.copy(to: destination)
    return found.isOld ? 2 : 1
}

extension gw_tls_callbacks {
    /// - Parameters:
    ///   - choosesDomains: the context only receives hellos.
    ///   - hasClock: the time is not the system's.
    static func engine(choosesDomains: Bool, hasClock: Bool) -> gw_tls_callbacks {
        gw_tls_callbacks(
            judge: judgePeer, choose: choosesDomains ? chooseDomain : nil,
            clock: hasClock ? tellTime : nil, find: findSession, ticket_key: findTicketKey)
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate init(_ der: gw_tls_der) { self.init(start: der.bytes, count: der.length) }
}
