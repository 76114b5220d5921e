/// What a connection needs of the bytes below it: a socket with or without TLS, or two ends in memory.
protocol ConnectionTransport: AnyObject {
    /// False while the peer reads more slowly than it is written to.
    var isWritable: Bool { get }
    /// Sends what the event loop's buffers hold for this connection.
    func flush()
    /// Asks for no more bytes until ``resumeReading()``.
    func pauseReading()
    /// Asks for bytes again.
    func resumeReading()
    /// Sends what is left, tells the peer that nothing more comes, and waits for it to close.
    func finish()
    /// Cuts the connection.
    func abort()
    /// The peer's certificate as received, DER; nil without one.
    var peerCertificate: [UInt8]? { get }
}

extension ConnectionTransport {
    var peerCertificate: [UInt8]? { nil }
}
