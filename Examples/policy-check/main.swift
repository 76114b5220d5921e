// Reads a policy document, says what looks wrong with it, and judges a few things a device might do.
//
//     swift run policy-check < policy.json
//
// Without input it uses a document of its own. Needs nothing but the module IoTPolicy.

import IoTPolicy

let sample = """
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Connect",
          "Effect": "Allow",
          "Action": "iot:Connect",
          "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:ClientId}"
        },
        {
          "Sid": "OwnTopics",
          "Effect": "Allow",
          "Action": ["iot:Publish", "iot:Receive"],
          "Resource": "arn:aws:iot:us-east-1:123456789012:topic/devices/${iot:Connection.Thing.ThingName}/*"
        },
        {
          "Sid": "OwnCommands",
          "Effect": "Allow",
          "Action": "iot:Subscribe",
          "Resource": "arn:aws:iot:us-east-1:123456789012:topicfilter/devices/${iot:Connection.Thing.ThingName}/*"
        }
      ]
    }
    """

func input() -> String {
    var text = ""
    while let line = readLine(strippingNewline: false) { text += line }
    return text
}

let text = CommandLine.arguments.contains("--sample") ? sample : input()

do throws(PolicyError) {
    let document = try PolicyDocument(json: text.isEmpty ? sample : text)
    print("\(document.statements.count) statements, language of \(document.version.rawValue)")

    print("\nFindings:")
    let findings = PolicyLinter.lint(document)
    for finding in findings { print("  \(finding)") }
    if findings.isEmpty { print("  none") }

    // The thing is pump-1. The second connection uses its certificate under another client ID.
    let policies = PolicySet([NamedPolicy(name: "devices", document: document)])
    let scope = ARNScope(region: "us-east-1", accountID: "123456789012")
    for clientID in ["pump-1", "pump-2"] {
        let context = PolicyContext(clientID: clientID, thing: ThingContext(name: "pump-1", isAttached: true))
        let connection = policies.specialized(for: context, scope: scope)
        print("\nClient \(clientID) with the certificate of thing pump-1:")
        print(connection.explain(.connect, clientID))
        print(connection.explain(.publish, "devices/pump-1/pressure"))
        print(connection.explain(.subscribe, "devices/#"))
        print(connection.explain(.receive, "devices/pump-1/commands"))
    }
} catch {
    print("not a policy: \(error)")
}
