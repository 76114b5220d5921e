import ArgumentParser
import DeviceGateway
import Testing

@testable import device_gateway

@Suite("Arguments")
struct ArgumentsTests {
    @Test("The directory comes from the flag, then the environment, then the default")
    func directory() throws {
        let given = try DirectoryOption.parse(["--directory", "a//"])
        let none = try DirectoryOption.parse([])
        let environment = ["DEVICE_GATEWAY_DIRECTORY": "b"]
        #expect(given.resolved(environment: environment).path == "a")
        #expect(none.resolved(environment: environment).path == "b")
        #expect(none.resolved(environment: ["DEVICE_GATEWAY_DIRECTORY": ""]).path == "./gateway")
        #expect(none.resolved(environment: [:]).path == "./gateway")
        #expect(GatewayDirectory("/").path == "/")
    }

    @Test("Flags become settings, by their own names and by --set")
    func settingFlags() throws {
        let options = try SettingOptions.parse([
            "--tls-port", "1", "--plaintext-enabled", "--plaintext-anonymous-policy", "a",
            "--plaintext-anonymous-policy", "b", "--set", "limits.maximum-connections=5", "--aws-account-id",
            "000000000001",
        ])
        #expect(
            options.flags == [
                "tls.port": ["1"], "plaintext.enabled": ["true"], "plaintext.anonymous-policies": ["a", "b"],
                "limits.maximum-connections": ["5"], "aws.account-id": ["000000000001"],
            ])
        let settings = try SettingsLoader(flags: options.flags).load()
        #expect(
            settings.limits.maximumConnections == 5 && settings.plaintext.anonymousPolicies == ["a", "b"])
        #expect(throws: (any Error).self) { try SettingOptions.parse(["--set", "nonsense"]) }
    }

    @Test(
        "What can't be meant is a usage error",
        arguments: [
            ["certificate", "revoke"], ["certificate", "revoke", "abcdef", "--thing", "d"],
            ["policy", "attach", "p"], ["policy", "attach", "p", "--device", "d", "--certificate", "abcdef"],
            ["ca", "register", "f", "--auto-register"], ["ca", "register", "f", "--policy", "p"],
            ["policy", "test", "--file", "f", "--action", "publish"],
            ["policy", "test", "--file", "f", "--action", "connect", "--thing-type", "t", "--resource", "r"],
            ["device", "add"], ["fly"],
        ])
    func usage(_ arguments: [String]) {
        #expect {
            _ = try DeviceGatewayCommand.parseAsRoot(arguments)
        } throws: {
            DeviceGatewayCommand.exitCode(for: $0).rawValue == 64
        }
    }

    @Test(
        "A device is --thing everywhere; --device is understood as well", arguments: ["--thing", "--device"])
    func thing(_ flag: String) throws {
        for verb in ["attach", "detach"] {
            let command = try DeviceGatewayCommand.parseAsRoot(["policy", verb, "p", flag, "d"])
            let target =
                (command as? PolicyAttachCommand)?.target ?? (command as? PolicyDetachCommand)?.target
            #expect(target?.selector == .thing("d"))
        }
        #expect(DeviceGatewayCommand.helpMessage(for: PolicyAttachCommand.self).contains("--thing"))
    }

    @Test("Every command says what it is, and its help can be built")
    func help() {
        var commands: [any ParsableCommand.Type] = [DeviceGatewayCommand.self]
        var count = 0
        while let command = commands.popLast() {
            count += 1
            commands += command.configuration.subcommands
            let name = command.configuration.commandName ?? "\(command)"
            #expect(!command.configuration.abstract.isEmpty, "\(name)")
            #expect(
                DeviceGatewayCommand.helpMessage(for: command).contains("USAGE: device-gateway"), "\(name)")
        }
        #expect(count > 25)
    }
}
