import IoTPolicy

/// The policy that devices get unless told otherwise: a device connects under its own thing's name
/// and touches its own topics only.
enum DefaultPolicy {
    static let name = "device-least-privilege"

    /// The document for a gateway whose ARNs have the given scope.
    static func document(scope: ARNScope) -> String {
        let thing = "${iot:Connection.Thing.ThingName}"
        return """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "ConnectAsOwnThing",
                  "Effect": "Allow",
                  "Action": "iot:Connect",
                  "Resource": "\(scope.arn(client: thing))",
                  "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": "true" } }
                },
                {
                  "Sid": "UseOwnTopics",
                  "Effect": "Allow",
                  "Action": ["iot:Publish", "iot:RetainPublish", "iot:Receive"],
                  "Resource": "\(scope.arn(topic: "devices/\(thing)/*"))"
                },
                {
                  "Sid": "SubscribeToOwnTopics",
                  "Effect": "Allow",
                  "Action": "iot:Subscribe",
                  "Resource": "\(scope.arn(topicFilter: "devices/\(thing)/*"))"
                }
              ]
            }

            """
    }
}
