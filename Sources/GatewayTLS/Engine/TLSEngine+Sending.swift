import CGatewayOpenSSL
public import NIOCore

extension TLSEngine {
    /// Encrypts. What is appended to `output` is a whole number of records.
    ///
    /// May be called inside `onPlaintext`, with another buffer than the one given to `receive`.
    ///
    /// - Throws: `.misuse` before the handshake has ended, after ``closeOutput(output:)``, or for more
    ///   than ``maximumPlaintext``; the failure that ended the connection earlier.
    public func send(_ plaintext: UnsafeRawBufferPointer, output: inout ByteBuffer) throws(TLSError) {
        switch state {
        case .established: break
        case .closing where !outputClosed: break
        case .failed(let error): throw error
        case .handshaking, .awaitingDomain:
            throw .misuse("data cannot be sent before the handshake has ended")
        case .closing, .closed: throw .misuse("data cannot be sent after close_notify")
        }
        guard !plaintext.isEmpty else { return }
        guard plaintext.count <= Self.maximumPlaintext else {
            throw .misuse("at most \(Self.maximumPlaintext) bytes can be sent at once")
        }
        drainReading(into: &output)
        // No cipher adds more to a record; if one did, the window spills.
        let records = (plaintext.count + 16_383) / 16_384
        let needed = plaintext.count + records * 96
        // Cheaper than to let an empty one grow, and of the right size.
        if output.capacity == 0 { output = ByteBufferAllocator().buffer(capacity: needed) }
        var window = gw_tls_window()
        var fault = gw_tls_fault()
        var status = GW_TLS_FAILED
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: needed) { memory in
            window.out = memory.assumingMemoryBound(to: UInt8.self).baseAddress
            window.out_capacity = memory.count
            status = gw_tls_session_write(session, &window, plaintext.baseAddress, plaintext.count, &fault)
            return window.out_used
        }
        withUnsafeMutablePointer(to: &window) { drain($0, into: &output) }
        guard status == GW_TLS_DONE else {
            throw fail(fault)
        }
    }

    /// Sends close_notify: nothing more will be sent, while what the peer sends is still read.
    ///
    /// During the handshake it ends the connection, silently. Afterwards it does nothing.
    public func closeOutput(output: inout ByteBuffer) {
        switch state {
        case .handshaking, .awaitingDomain:
            outputClosed = true
            state = .closed
            kept = []
        case .established, .closing:
            guard !outputClosed else { return }
            drainReading(into: &output)
            var window = gw_tls_window()
            var fault = gw_tls_fault()
            let status = gw_tls_session_close(session, &window, &fault)
            withUnsafeMutablePointer(to: &window) { drain($0, into: &output) }
            outputClosed = true
            guard status == GW_TLS_DONE else {
                _ = fail(fault)
                return
            }
            state = peerClosed ? .closed : .closing
        case .closed, .failed:
            return
        }
    }

    /// Changes this side's TLS 1.3 traffic keys, and asks the peer for the same if `request`.
    func updateKeys(request: Bool, output: inout ByteBuffer) throws(TLSError) {
        guard case .established = state else { throw .misuse("keys are updated while a connection lives") }
        var window = gw_tls_window()
        var fault = gw_tls_fault()
        let status = gw_tls_session_update_keys(session, &window, request ? 1 : 0, &fault)
        withUnsafeMutablePointer(to: &window) { drain($0, into: &output) }
        guard status == GW_TLS_DONE else {
            throw fail(fault)
        }
    }

    /// Output of a read in progress comes before whatever is sent now.
    private func drainReading(into output: inout ByteBuffer) {
        if let reading { drain(reading, into: &output) }
    }

    func drain(_ window: UnsafeMutablePointer<gw_tls_window>, into output: inout ByteBuffer) {
        guard window.pointee.spill != nil else { return }
        // After close_notify the peer takes nothing, so a reply to a key update has no place.
        if !outputClosed {
            output.writeBytes(
                UnsafeRawBufferPointer(start: window.pointee.spill, count: window.pointee.spill_used))
        }
        gw_tls_window_release(window)
    }
}
