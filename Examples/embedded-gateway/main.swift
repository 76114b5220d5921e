// A gateway inside a host program: its own CA, one device, everything in memory.
//
//     swift run embedded-gateway
//
// The device is played by `mosquitto_pub`; the program prints the line to paste.

import DeviceGateway
import Foundation
import GatewayTLS
import IoTPolicy
import X509Auth

struct PrintRefusals: GatewayObserver {
    func observe(_ event: GatewayEvent) {
        switch event {
        case .refused(let report): print("refused \(report.remoteAddress): \(report.message)")
        case .denied(let report): print("denied \(report.connection.clientID): \(report.explanation.summary)")
        case .connected(let summary):
            print("connected \(summary.clientID) as thing \(summary.thingName ?? "-")")
        case .registered(let registration): print("registered \(registration.certificate)")
        case .disconnected(let report): print("disconnected \(report.connection.clientID): \(report.message)")
        case .serverCertificate(let report): print("server certificate: \(report.message)")
        }
    }
}

let now = Int64(Date().timeIntervalSince1970)
let (authority, _) = try CertificateAuthority.create(
    commonName: "Example CA", notBefore: now, notAfter: CertificateAuthority.deviceNotAfter)
let server = try authority.issueServer(
    commonName: "localhost", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], notBefore: now,
    notAfter: now + 90 * 86_400)
let device = try authority.issueDevice(commonName: "sensor-1", notBefore: now)

let registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
_ = try await registry.putPolicy(
    name: "own-topics",
    text: """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": "iot:Connect",
           "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}"},
          {"Effect": "Allow", "Action": "iot:Publish",
           "Resource": "arn:aws:iot:us-east-1:123456789012:topic/devices/${iot:Connection.Thing.ThingName}/*"}]}
        """)
_ = try await registry.createThing(ThingRecord(name: "sensor-1"))
_ = try await registry.register(certificate: device.certificate, now: now)
try await registry.attach(thing: "sensor-1", to: device.certificate.id)
try await registry.attachPolicy("own-topics", to: device.certificate.id)

let credential = try TLSCredential(
    certificateChainPEM: server.certificatePEM, privateKeyPEM: server.privateKeyPEM)
let gateway = Gateway(
    configuration: GatewayConfiguration(tls: TLSEndpoint(host: "127.0.0.1", credentials: [credential])),
    registry: registry, observers: [PrintRefusals()])
try await gateway.start()

let folder = FileManager.default.temporaryDirectory.appending(path: "embedded-gateway")
try FileManager.default.createDirectory(
    at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
for (name, text) in [
    ("root-CA.crt", authority.certificate.pem), ("sensor-1.cert.pem", device.certificatePEM),
    ("sensor-1.private.key", device.privateKeyPEM),
] {
    try Data(text.utf8).write(to: folder.appending(path: name))
}
print(
    """
    Listening on 127.0.0.1:8883. Paste this in another terminal, and try another topic afterwards:

      cd \(folder.path()) && mosquitto_pub -p 8883 --cafile root-CA.crt --cert sensor-1.cert.pem \
    --key sensor-1.private.key -i sensor-1 -t devices/sensor-1/telemetry -m 21.5 -q 1 -V mqttv5

    """)
for await message in try gateway.client("host").subscribe(to: "devices/#") {
    print("\(message.topic): \(message.text)")
}
