extension X509Certificate {
    /// The values that just-in-time provisioning offers a template, by the names AWS IoT gives them
    /// (developer guide, "Just-in-time provisioning"): `AWS::IoT::Certificate::Id`, and from the subject
    /// `…::Country`, `…::Organization`, `…::OrganizationalUnit`, `…::DistinguishedNameQualifier`,
    /// `…::StateName`, `…::CommonName` and `…::SerialNumber`.
    ///
    /// Of an attribute that is repeated the first value counts; one that is absent has no entry, and a
    /// template that refers to it fails.
    public var provisioningParameters: [String: String] {
        var parameters = ["AWS::IoT::Certificate::Id": id.string]
        for (name, type) in Self.subjectParameters {
            if let value = subject.values(type).first { parameters["AWS::IoT::Certificate::" + name] = value }
        }
        return parameters
    }

    /// Every name that ``provisioningParameters`` can hold.
    public static let provisioningParameterNames: Set<String> = Set(
        subjectParameters.map { "AWS::IoT::Certificate::" + $0.name } + ["AWS::IoT::Certificate::Id"])

    private static let subjectParameters: [(name: String, type: DistinguishedName.AttributeType)] = [
        ("Country", .country), ("Organization", .organization), ("OrganizationalUnit", .organizationalUnit),
        ("DistinguishedNameQualifier", .distinguishedNameQualifier), ("StateName", .state),
        ("CommonName", .commonName), ("SerialNumber", .serialNumber),
    ]
}
