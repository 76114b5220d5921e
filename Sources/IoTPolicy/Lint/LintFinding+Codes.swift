extension LintFinding.Code {
    /// `client/${iot:ClientId}` allows any client ID.
    public static let anyClientID = Self(rawValue: "anyClientID")
    /// Every action is allowed.
    public static let allActions = Self(rawValue: "allActions")
    /// Every topic is allowed.
    public static let allTopics = Self(rawValue: "allTopics")
    /// A resource type no action of the statement is judged on.
    public static let wrongResourceType = Self(rawValue: "wrongResourceType")
    /// `+` or `#` in a `Deny`, where it stops only that very text.
    public static let mqttWildcardInDeny = Self(rawValue: "mqttWildcardInDeny")
    /// `+` or `#` in a `topic/` resource, where no topic can match it.
    public static let mqttWildcardInTopic = Self(rawValue: "mqttWildcardInTopic")
    /// A `Deny` of subscriptions that a wider filter evades.
    public static let evadableDeny = Self(rawValue: "evadableDeny")
    /// Subscriptions are allowed whose messages may not be received.
    public static let subscribeWiderThanReceive = Self(rawValue: "subscribeWiderThanReceive")
    /// `iot:Receive` is allowed nowhere.
    public static let receiveMissing = Self(rawValue: "receiveMissing")
    /// `iot:Connect` is allowed nowhere.
    public static let connectMissing = Self(rawValue: "connectMissing")
    /// A variable that has no value in any context.
    public static let unresolvableVariable = Self(rawValue: "unresolvableVariable")
    /// A variable where none is supported.
    public static let variableNotSupported = Self(rawValue: "variableNotSupported")
    /// A variable in a document without variables.
    public static let variableInOldVersion = Self(rawValue: "variableInOldVersion")
    /// A `Deny` or `NotResource` that stops working when a variable has no value.
    public static let denyDependsOnVariable = Self(rawValue: "denyDependsOnVariable")
    /// A value from outside that can hold MQTT wildcards, in a filter.
    public static let variableWidensFilter = Self(rawValue: "variableWidensFilter")
    /// A resource that can match no request.
    public static let impossibleResource = Self(rawValue: "impossibleResource")
    /// A statement that can match no request.
    public static let impossibleStatement = Self(rawValue: "impossibleStatement")
    /// A statement another one makes superfluous.
    public static let redundantStatement = Self(rawValue: "redundantStatement")
    /// An `Allow` that a `Deny` undoes.
    public static let shadowedByDeny = Self(rawValue: "shadowedByDeny")
    /// An action AWS does not document.
    public static let unknownAction = Self(rawValue: "unknownAction")
    /// A condition key AWS does not document.
    public static let unknownKey = Self(rawValue: "unknownKey")
    /// A condition that can never hold, or always does.
    public static let idleCondition = Self(rawValue: "idleCondition")
    /// A condition value its operator cannot read.
    public static let unreadableValue = Self(rawValue: "unreadableValue")
    /// An operator without set prefix on a key with several values.
    public static let missingSetPrefix = Self(rawValue: "missingSetPrefix")
    /// `Allow` with `NotAction` or `NotResource` grants everything else.
    public static let allowEverythingElse = Self(rawValue: "allowEverythingElse")
    /// Two statements have the same label.
    public static let repeatedSid = Self(rawValue: "repeatedSid")
    /// `Version` is missing.
    public static let versionMissing = Self(rawValue: "versionMissing")
}
