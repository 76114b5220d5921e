/// One question to a policy: may this action be done to this resource?
public struct PolicyRequest: Hashable, Sendable, CustomStringConvertible {
    /// The action with its service prefix, for example `iot:Publish`. Compared without case.
    public var action: String
    /// The full ARN of the resource, or `*` for actions that have no resource. Compared as text, with case.
    public var resource: String

    /// A request for `action` on `resource`.
    public init(action: String, resource: String) {
        self.action = action
        self.resource = resource
    }

    /// The action and the resource, as one line.
    public var description: String { "\(action) on \(resource)" }
}
