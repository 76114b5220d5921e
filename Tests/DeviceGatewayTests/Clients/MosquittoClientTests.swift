import DeviceGateway
import Testing

/// Real clients from another project on the wire: `mosquitto_pub` and `mosquitto_sub`.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(
        if: ClientProgram.isWanted("mosquitto_pub"),
        "SKIPPED: mosquitto_pub is not installed; run Scripts/install-packages --tests"))
struct MosquittoClientTests {
    @Test(arguments: ["mqttv311", "mqttv5"], ["tlsv1.2", "tlsv1.3"])
    func publishAndSubscribe(mqtt: String, tls: String) async throws {
        try await TestGateway.run { test in
            let files = try CredentialFiles(try await test.device("device1"), authority: test.authority)
            defer { files.remove() }
            let options = files.mosquittoOptions(port: test.port) + ["-V", mqtt, "--tls-version", tls]
            let received = try test.gateway.client("backend").subscribe(to: "devices/device1/telemetry")
            let published = try await ClientProgram.run(
                "mosquitto_pub",
                options + ["-i", "device1", "-t", "devices/device1/telemetry", "-m", "21.5", "-q", "1"])
            #expect(published.status == 0, "\(published.output)")
            var messages = received.makeAsyncIterator()
            #expect(await messages.next()?.text == "21.5")

            // Retained, so that it does not matter which comes first, the command or the subscription.
            try test.gateway.client("backend").publish(
                "restart", to: "devices/device1/commands", retain: true)
            let result = try await ClientProgram.run(
                "mosquitto_sub",
                options + ["-i", "device1", "-t", "devices/device1/commands", "-q", "1", "-C", "1"])
            #expect(result.status == 0)
            #expect(result.output.contains("restart"))
        }
    }

    @Test func anothersTopicIsRefused() async throws {
        try await TestGateway.run { test in
            let files = try CredentialFiles(try await test.device("device1"), authority: test.authority)
            defer { files.remove() }
            let options = files.mosquittoOptions(port: test.port) + ["-i", "device1", "-V", "mqttv5"]
            let published = try await ClientProgram.run(
                "mosquitto_pub", options + ["-t", "devices/device2/telemetry", "-m", "x", "-q", "1", "-d"])
            #expect(published.output.contains("Publish 1 failed: Not authorized."), "\(published.output)")
            let subscribed = try await ClientProgram.run(
                "mosquitto_sub", options + ["-t", "#", "-C", "1"], timeout: .seconds(5))
            #expect(
                subscribed.output.contains("All subscription requests were denied."), "\(subscribed.output)")
            #expect(subscribed.status == 0)
        }
    }

    @Test func anothersClientIDIsRefused() async throws {
        try await TestGateway.run { test in
            let files = try CredentialFiles(try await test.device("device1"), authority: test.authority)
            defer { files.remove() }
            let result = try await ClientProgram.run(
                "mosquitto_pub",
                files.mosquittoOptions(port: test.port) + ["-i", "device2", "-t", "a", "-m", "x"])
            #expect(
                result.output.contains("Connection error: Connection Refused: not authorised."),
                "\(result.output)")
            #expect(result.status == 5)
        }
    }

    @Test func willOfALostClientIsPublished() async throws {
        try await TestGateway.run { test in
            let files = try CredentialFiles(try await test.device("device1"), authority: test.authority)
            defer { files.remove() }
            let gone = try test.gateway.client("backend").subscribe(to: "devices/device1/gone")
            let subscriber = try ClientProgram.Running(
                "mosquitto_sub",
                files.mosquittoOptions(port: test.port) + [
                    "-i", "device1", "-t", "devices/device1/a", "--will-topic", "devices/device1/gone",
                    "--will-payload", "lost",
                ])
            #expect(
                await test.observer.wait { _ in !test.gateway.connections.isEmpty }, "\(subscriber.output)")
            for connection in test.gateway.connections {
                #expect(test.gateway.disconnect(connection.id))
            }
            var messages = gone.makeAsyncIterator()
            #expect(await messages.next()?.text == "lost")
            subscriber.stop()
        }
    }
}
