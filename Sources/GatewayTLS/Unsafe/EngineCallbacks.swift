import CGatewayOpenSSL

// What the C side asks the engine whose connection is being driven: the owner of the window lent to it.

private func engine(_ owner: UnsafeMutableRawPointer) -> TLSEngine {
    Unmanaged<TLSEngine>.fromOpaque(owner).takeUnretainedValue()
}

/// The judge of certificates.
let judgePeer: gw_tls_judge = { owner, certificates, count in
    guard let owner, let certificates else { return 80 }
    let presented = UnsafeBufferPointer(start: certificates, count: count)
        .map { Array(UnsafeBufferPointer($0)) }
    guard let leaf = presented.first else { return 80 }
    switch engine(owner).judge(TLSPeerCertificates(leaf: leaf, chain: Array(presented.dropFirst()))) {
    case .accept: return -1
    case .reject(let alert): return Int32(alert)
    }
}

/// The choice of a domain.
let chooseDomain: gw_tls_choose = { owner, hello in
    guard let owner, let hello else {
        return gw_tls_choice(kind: GW_TLS_CHOICE_REFUSE, context: nil, alert: 80)
    }
    return engine(owner).choose(hello.pointee)
}

/// The time of the context.
let tellTime: gw_tls_clock = { owner in
    guard let owner else { return 0 }
    return engine(owner).context.now?() ?? 0
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate init(_ der: gw_tls_der) { self.init(start: der.bytes, count: der.length) }
}
