import IoTPolicy

/// The three policies of the story.
struct DemoPolicy: Sendable {
    let name: String
    let text: String

    /// AWS's own example account.
    static let scope = ARNScope(region: "us-east-1", accountID: "123456789012")

    /// What all resources of one gateway begin with, and a reader need not read again and again.
    static let resourcePrefix = String(scope.arn(type: "", name: "").dropLast())

    /// What the gateway gives every device unless told otherwise.
    static let leastPrivilege = DemoPolicy(
        name: DefaultPolicy.name, text: DefaultPolicy.document(scope: scope))

    /// Whoever has the certificate may do anything.
    static let everything = DemoPolicy(
        name: "everything",
        text: """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "ConnectAsAnyone",
                  "Effect": "Allow",
                  "Action": "iot:Connect",
                  "Resource": "\(scope.arn(client: "*"))"
                },
                {
                  "Sid": "UseEveryTopic",
                  "Effect": "Allow",
                  "Action": ["iot:Publish", "iot:Receive"],
                  "Resource": "\(scope.arn(topic: "*"))"
                },
                {
                  "Sid": "SubscribeToEverything",
                  "Effect": "Allow",
                  "Action": "iot:Subscribe",
                  "Resource": "\(scope.arn(topicFilter: "*"))"
                }
              ]
            }
            """)

    /// Looks like ``leastPrivilege``, but names what the client says it is instead of what it proved to be.
    static let clientIDTrap = DemoPolicy(
        name: "client-id-trap",
        text: """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "ConnectAsClientID",
                  "Effect": "Allow",
                  "Action": "iot:Connect",
                  "Resource": "\(scope.arn(client: "${iot:ClientId}"))"
                },
                {
                  "Sid": "UseTopicsOfClientID",
                  "Effect": "Allow",
                  "Action": ["iot:Publish", "iot:Receive"],
                  "Resource": "\(scope.arn(topic: "devices/${iot:ClientId}/*"))"
                }
              ]
            }
            """)

    /// What the linter finds in it.
    func findings() throws -> [LintFinding] {
        PolicyLinter.lint(try PolicyDocument(json: text))
    }
}
