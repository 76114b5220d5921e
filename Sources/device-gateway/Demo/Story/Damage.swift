import MQTTCodec

/// What came of a theft.
struct Damage {
    /// The reason code for each attempt.
    var attempts: [(attempt: TheftAttempt, code: MQTTReasonCode)] = []
    /// From the operator's command to the last socket that saw the cut.
    var cutOff: Duration = .zero
    /// Who lost the connection by it.
    var lost: [String] = []
    /// Who did not notice.
    var unaffected: [String] = []
}
