import FuzzDriver
import MQTTCodec
import NIOCore

// The first byte says how to decode: bit 0 the version, bit 1 the role. Every packet that decodes is
// encoded and decoded again: the same packet. Encoding that once more gives the same bytes.

func roundTrip(_ packet: MQTTPacket, _ version: MQTTVersion, _ role: MQTTRole) throws(MQTTFault) {
    var encoded = ByteBuffer()
    try packet.encode(into: &encoded, version: version)
    precondition(encoded.readableBytes == packet.encodedSize(version: version), "not the size foretold")
    var isConnect = false
    if case .connect = packet { isConnect = true }
    var decoder = MQTTDecoder(role: role, version: isConnect ? nil : version)
    decoder.connectionAccepted()
    var copy = encoded
    let again = try decoder.decode(&copy)
    precondition(again == packet && copy.readableBytes == 0, "another packet")
    var twice = ByteBuffer()
    try again?.encode(into: &twice, version: version)
    precondition(twice == encoded, "other bytes")

    guard case .publish(let publish) = packet else { return }
    // The other ways to write a PUBLISH say the same.
    var set = publish
    set.properties.reasonString = "x"
    set.properties.reasonString = nil
    precondition(set == publish, "properties change when they become values")
    var values = ByteBuffer()
    try MQTTPacket.publish(set).encode(into: &values, version: version)
    precondition(values.readableBytes == encoded.readableBytes, "values encode to another size")
    var forwarded = ByteBuffer()
    encoded.withUnsafeReadableBytes { bytes in
        var offset = 0
        guard let hot = try? decoder.decodeHot(bytes, &offset), case .publish(let offsets) = hot else {
            preconditionFailure("no PUBLISH in hot form")
        }
        offsets.encode(from: bytes, into: &forwarded, delivery: publish.delivery, retain: publish.retain)
    }
    precondition(forwarded == encoded, "forwarding changes the packet")
    guard !publish.topic.isEmpty else { return }
    let template = try MQTTPublishTemplate(
        topic: publish.topic, payload: publish.payload, properties: publish.properties, version: version)
    var written = ByteBuffer()
    let expiry = publish.properties.messageExpiryInterval
    let identifiers = publish.properties.subscriptionIdentifiers
    template.write(
        into: &written, delivery: publish.delivery, retain: publish.retain,
        subscriptionIdentifiers: identifiers, messageExpiryInterval: expiry)
    var client = MQTTDecoder(role: .client, version: version)
    var expected = publish
    expected.properties.topicAlias = nil
    let read = try client.decode(&written)
    precondition(read == .publish(expected), "the template says something else")
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    let version: MQTTVersion = data[0] & 1 == 0 ? .v5 : .v3_1_1
    let role: MQTTRole = data[0] & 2 == 0 ? .server : .client
    var decoder = MQTTDecoder(role: role, version: role == .server && data[0] & 4 != 0 ? nil : version)
    var buffer = ByteBuffer(bytes: UnsafeBufferPointer(start: data + 1, count: count - 1))
    while let packet = try? decoder.decode(&buffer) {
        decoder.connectionAccepted()
        do throws(MQTTFault) {
            try roundTrip(packet, decoder.version ?? version, role)
        } catch {
            preconditionFailure("\(error): \(packet)")
        }
    }
    return 0
}

_ = runFuzzer(test)
