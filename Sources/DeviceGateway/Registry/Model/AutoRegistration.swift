/// What becomes of an unknown device that presents a certificate of an authority.
public enum AutoRegistration: Hashable, Sendable {
    /// Its certificate is registered `PENDING_ACTIVATION`, its connection refused, and the event published
    /// (just-in-time registration, AWS IoT Developer Guide: "auto-register-device-cert").
    case pendingActivation
    /// A thing is made under the certificate's common name.
    case commonName(ProvisioningTemplate)
    /// The template says what is made (just-in-time provisioning, AWS IoT Developer Guide: "jit-provisioning").
    case template(ProvisioningTemplateDocument)

    /// Policies that must stay as long as the authority names them.
    var policyNames: [String] {
        if case .commonName(let template) = self { template.policyNames } else { [] }
    }
}
