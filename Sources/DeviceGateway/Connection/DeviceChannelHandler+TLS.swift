import GatewayTLS
import NIOCore
import X509Auth

/// The handshake, and decryption.
extension DeviceChannelHandler: HandshakeTurnTaker {
    func startHandshake(_ bytes: ByteBuffer, _ connection: DeviceConnection) {
        guard let tls else { return }
        do throws(TLSError) {
            security = .tls(try TLSEngine(context: tls, localPort: context?.localAddress?.port))
            connection.handshakeStarted()
            handshake(bytes)
        } catch {
            security = .ended
            connection.tlsFailed(error)
        }
    }

    /// Handshakes take turns, after the reads of those who are done with theirs.
    func handshake(_ bytes: ByteBuffer) {
        if waitingBytes == nil {
            waitingBytes = bytes
            loop.turns.request(self)
        } else {
            waitingBytes?.writeImmutableBuffer(bytes)
        }
        if (waitingBytes?.readableBytes ?? 0) >= HandshakeTurns.maximumWaitingBytes { pause(.turn) }
    }

    /// Does the next step of the handshake.
    func takeTurn() {
        guard let bytes = waitingBytes else { return }
        waitingBytes = nil
        guard let connection, case .tls(let engine) = security else { return }
        loop.refreshTime()
        receive(bytes, engine, connection)
        connection.readCompleted()
        lift(.turn)
    }

    /// The peer has ended: an alert may be among what it sent last. A hello that nobody waits for any more is
    /// not worth its cryptography.
    func takeLastTurn() {
        if hasAnswered { takeTurn() }
    }

    func receive(_ buffer: ByteBuffer, _ engine: TLSEngine, _ connection: DeviceConnection) {
        // Not the loop's buffer itself: the connection may write, and so send, while it reads.
        var output = ByteBuffer()
        var failure: TLSError?
        do throws(TLSError) {
            try buffer.withUnsafeReadableBytes { bytes throws(TLSError) in
                try engine.receive(bytes, scratch: loop.scratch, output: &output) { plaintext in
                    if connection.isHandshaking, let evidence = engine.evidence {
                        connection.secured(by: evidence)
                    }
                    connection.received(plaintext)
                    return .continue
                }
            }
        } catch {
            failure = error
        }
        // Before anything is closed: there may be an alert among it.
        if output.readableBytes > 0 {
            if connection.isHandshaking {
                hasAnswered = true
                connection.handshakeProgressed()
            }
            loop.acquire(connection)
            loop.ciphertext.writeBuffer(&output)
            flush()
        }
        if let failure {
            connection.tlsFailed(
                refined(failure, engine),
                certificate: engine.presentedCertificates.map { CertificateID(der: $0.leaf) })
        } else if engine.peerClosed {
            peerClosedTLS()
        } else if connection.isHandshaking, let evidence = engine.evidence {
            connection.secured(by: evidence)
        }
    }

    /// The operator's sentence for a refused certificate comes from whoever refused it.
    private func refined(_ error: TLSError, _ engine: TLSEngine) -> TLSError {
        guard error.code == .certificateRejected, let peer = engine.presentedCertificates,
            case .rejected(let rejection) = loop.core.admission.judge(peer, now: loop.now.unixSeconds)
        else { return error }
        var refined = error
        refined.message = rejection.message
        return refined
    }
}
