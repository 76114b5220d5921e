public import NIOCore

/// Splits a stream of bytes into packets and validates them completely. One per connection.
///
/// It keeps no bytes: the caller offers what has arrived and keeps what was not consumed. Every packet
/// passes the same parser, which yields positions; ``decodeHot(_:_:)`` hands those out as they are,
/// ``decode(_:)`` makes an owned ``MQTTPacket`` of them.
///
/// After a fault the connection must be closed. Decoding again gives the same fault, since nothing is
/// consumed.
public struct MQTTDecoder: Sendable {
    /// The decoding side.
    public let role: MQTTRole
    /// Bounds on what is accepted.
    public let limits: MQTTLimits
    /// The protocol version. A server learns it from the CONNECT; until then it is nil.
    public private(set) var version: MQTTVersion?
    private var isConnectAccepted: Bool
    /// The topic of the last PUBLISH decoded in owned form: a device's next one mostly goes to the same.
    private var lastTopic = ""

    /// A decoder for one connection.
    ///
    /// - Parameter version: for a client, the version of its CONNECT, MQTT 5 if nil. For a server, nil
    ///   unless the CONNECT was decoded elsewhere; with a version, no further CONNECT is accepted.
    public init(role: MQTTRole, limits: MQTTLimits = MQTTLimits(), version: MQTTVersion? = nil) {
        self.role = role
        self.limits = limits
        self.version = version ?? (role == .client ? .v5 : nil)
        isConnectAccepted = self.version != nil
    }

    /// Lifts the limit that holds before a CONNECT is accepted.
    public mutating func connectionAccepted() { isConnectAccepted = true }

    /// Decodes one packet in owned form and consumes its bytes.
    ///
    /// Payloads and binary data are slices that keep all of `buffer`'s storage alive; copy what is kept.
    ///
    /// - Returns: nil, having consumed nothing, if the packet has not arrived whole.
    /// - Throws: the first rule broken; nothing is consumed.
    public mutating func decode(_ buffer: inout ByteBuffer) throws(MQTTFault) -> MQTTPacket? {
        let frame = buffer.withUnsafeReadableBytes { bytes in framed(bytes) }
        switch frame {
        case .incomplete: return nil
        case .publish(let offsets):
            let publish = publish(offsets, in: buffer)
            buffer.moveReaderIndex(forwardBy: offsets.payloadStart &+ offsets.payloadCount)
            return .publish(publish)
        case .other(let header):
            let packet = try decode(header, in: buffer)
            buffer.moveReaderIndex(forwardBy: header.bodyEnd)
            if case .connect(let connect) = packet { version = connect.version }
            return packet
        case .fault(let fault): throw MQTTFault(fault, packetStart: 0, version: version)
        }
    }

    /// What stands at the start of a buffer. A PUBLISH is gone through at once, being what counts.
    private enum Frame: BitwiseCopyable {
        case incomplete
        case publish(MQTTPublishOffsets)
        case other(FixedHeader)
        case fault(WireFault)
    }

    @inline(__always)
    private func framed(_ bytes: UnsafeRawBufferPointer) -> Frame {
        do throws(WireFault) {
            guard let header = try nextPacket(bytes, at: 0), let base = bytes.baseAddress else {
                return .incomplete
            }
            guard header.type == .publish else { return .other(header) }
            var cursor = WireCursor(base, position: header.bodyStart, end: header.bodyEnd, trace: NoTrace())
            return .publish(try cursor.publish(header, version: version ?? .v5, role: role))
        } catch {
            return .fault(error)
        }
    }

    /// The owned form of a PUBLISH found at the start of `buffer`. Payload and properties are slices;
    /// a topic other than the last one is allocated.
    @inline(__always)
    private mutating func publish(_ offsets: MQTTPublishOffsets, in buffer: ByteBuffer) -> MQTTPublish {
        let start = buffer.readerIndex
        func slice(_ offset: Int, _ count: Int) -> ByteBuffer {
            count == 0 ? ByteBuffer() : buffer.getSlice(at: start &+ offset, length: count) ?? ByteBuffer()
        }
        buffer.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let topic = UnsafeRawBufferPointer(
                start: base + offsets.topicStart, count: Int(offsets.topicCount))
            if !lastTopic.utf8.isEqual(to: topic) { lastTopic = String(decoding: topic, as: UTF8.self) }
        }
        var properties = MQTTProperties()
        if offsets.propertiesCount > 0 {
            properties = MQTTProperties(
                WireProperties(
                    bytes: slice(offsets.propertiesStart, offsets.propertiesCount),
                    present: offsets.properties))
        }
        return MQTTPublish(
            topic: lastTopic, payload: slice(offsets.payloadStart, offsets.payloadCount),
            delivery: offsets.delivery, retain: offsets.retain, properties: properties)
    }

    /// Any other packet at the start of `buffer`.
    private func decode(_ header: FixedHeader, in buffer: ByteBuffer) throws(MQTTFault) -> MQTTPacket {
        // A fault is named in the version of the CONNECT it is in, though that is not accepted.
        var faultVersion = version
        let outcome = buffer.withUnsafeReadableBytes { bytes -> Result<MQTTPacket, WireFault> in
            do throws(WireFault) {
                guard let base = bytes.baseAddress else {
                    throw WireFault(rule: .truncated, position: 0)
                }
                if header.type == .connect { faultVersion = try Self.connectVersion(base, header) }
                return .success(
                    try ownedPacket(base, PacketBuilder(bytes: bytes, source: buffer), header))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let packet): return packet
        case .failure(let fault): throw MQTTFault(fault, packetStart: 0, version: faultVersion)
        }
    }

    /// Decodes one packet in hot form, without allocating. `bytes[offset...]` is what has arrived and
    /// was not consumed; on success `offset` moves past the packet.
    ///
    /// - Returns: nil, `offset` unmoved, if the packet has not arrived whole.
    /// - Throws: the first rule broken; `offset` is unmoved.
    public mutating func decodeHot(
        _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
    ) throws(MQTTFault) -> MQTTHotPacket? {
        let start = offset
        do throws(WireFault) {
            guard let header = try nextPacket(bytes, at: start), let base = bytes.baseAddress else {
                return nil
            }
            let packet: MQTTHotPacket
            if header.type == .publish {
                var cursor = WireCursor(
                    base, position: header.bodyStart, end: header.bodyEnd, trace: NoTrace())
                packet = .publish(try cursor.publish(header, version: version ?? .v5, role: role))
            } else {
                packet = try hotPacket(base, header)
            }
            offset = header.bodyEnd
            return packet
        } catch {
            throw MQTTFault(error, packetStart: start, version: version)
        }
    }

    /// The owned form of a packet that ``decodeHot(_:_:)`` returned as ``MQTTHotPacket/other(type:packetStart:packetEnd:)``,
    /// or of any packet; payloads are copied.
    ///
    /// - Parameter range: the whole packet within `bytes`.
    /// - Throws: the first rule broken. A range that isn't exactly one packet is a truncated one or has
    ///   trailing bytes.
    public func decodeOwned(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(MQTTFault) -> MQTTPacket {
        do throws(WireFault) {
            guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
                throw WireFault(rule: .truncated, position: bytes.count)
            }
            let packetBytes = UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound])
            var rules = FixedHeaderRules(
                role: role, version: version, awaitsConnect: false,
                maximumPacketSize: MQTTLimits.largestPacket)
            // That a CONNECT may come was settled when the packet was framed.
            if range.count > 0, packetBytes[range.lowerBound] >> 4 == MQTTPacketType.connect.rawValue {
                rules.role = nil
            }
            guard let header = try Self.frame(packetBytes, at: range.lowerBound, rules),
                let base = packetBytes.baseAddress
            else {
                throw WireFault(rule: .truncated, position: range.upperBound)
            }
            guard header.bodyEnd == range.upperBound else {
                throw WireFault(rule: .trailingBytes, position: header.bodyEnd)
            }
            return try ownedPacket(base, PacketBuilder(bytes: packetBytes, source: nil), header)
        } catch {
            throw MQTTFault(error, packetStart: range.lowerBound, version: version)
        }
    }

    /// The owned form of a hot PUBLISH, its payload copied.
    ///
    /// - Throws: only if the offsets are not those of a PUBLISH in `bytes`.
    public func decodeOwned(
        _ bytes: UnsafeRawBufferPointer, _ publish: MQTTPublishOffsets
    ) throws(MQTTFault) -> MQTTPublish {
        do throws(WireFault) {
            return try PacketBuilder(bytes: bytes, source: nil).publish(publish)
        } catch {
            throw MQTTFault(error, packetStart: publish.packetStart, version: version)
        }
    }

    // MARK: - Steps

    /// The fixed header of the next packet, once all of that packet is there.
    @inline(__always)
    private func nextPacket(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(WireFault) -> FixedHeader?
    {
        let limit =
            isConnectAccepted
            ? limits.maximumPacketSize : min(limits.maximumPacketSize, limits.maximumConnectPacketSize)
        return try Self.frame(
            bytes, at: start,
            FixedHeaderRules(
                role: role, version: version, awaitsConnect: version == nil, maximumPacketSize: limit))
    }

    @inline(__always)
    private static func frame(
        _ bytes: UnsafeRawBufferPointer, at start: Int, _ rules: FixedHeaderRules
    ) throws(WireFault) -> FixedHeader? {
        guard let base = bytes.baseAddress, start >= 0, start < bytes.count else { return nil }
        var cursor = WireCursor(base, position: start, end: bytes.count, trace: NoTrace())
        guard let header = try cursor.fixedHeader(rules), header.bodyEnd <= bytes.count else { return nil }
        return header
    }

    /// The hot form of any packet but PUBLISH.
    private mutating func hotPacket(
        _ base: UnsafeRawPointer, _ header: FixedHeader
    ) throws(WireFault) -> MQTTHotPacket {
        var cursor = WireCursor(base, position: header.bodyStart, end: header.bodyEnd, trace: NoTrace())
        switch header.type {
        case .puback:
            let acknowledgement = try cursor.acknowledgement(version: version ?? .v5)
            return .puback(packetID: acknowledgement.packetID, reasonCode: acknowledgement.reasonCode)
        case .pingreq:
            try cursor.finish()
            return .pingreq
        case .connect:
            version = try Self.connectVersion(base, header)
            return .other(type: .connect, packetStart: header.packetStart, packetEnd: header.bodyEnd)
        default:
            return .other(type: header.type, packetStart: header.packetStart, packetEnd: header.bodyEnd)
        }
    }

    private static func connectVersion(
        _ base: UnsafeRawPointer, _ header: FixedHeader
    ) throws(WireFault) -> MQTTVersion {
        var cursor = WireCursor(base, position: header.bodyStart, end: header.bodyEnd, trace: NoTrace())
        return try cursor.protocolVersion()
    }

    private func ownedPacket(
        _ base: UnsafeRawPointer, _ builder: PacketBuilder, _ header: FixedHeader
    ) throws(WireFault) -> MQTTPacket {
        // Only a CONNECT comes before the version is known, and it brings its own.
        let version = version ?? .v5
        var cursor = WireCursor(base, position: header.bodyStart, end: header.bodyEnd, trace: NoTrace())
        return try builder.packet(try cursor.body(header, version: version, role: role), version: version)
    }
}
