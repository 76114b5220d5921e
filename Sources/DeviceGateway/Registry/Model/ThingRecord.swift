/// A thing: the registry's entry for one device, by name, with a type and attributes that policies may
/// refer to (`iot:Connection.Thing.ThingName`, `…ThingTypeName`, `…Attributes[…]`).
///
/// A thing is no credential. It acts only through the certificates it is attached to.
public struct ThingRecord: Hashable, Sendable, Codable {
    /// 1 to 128 characters of `[a-zA-Z0-9:_-]`; unique; cannot change (AWS IoT API: CreateThing).
    public var name: String
    /// The thing type's name, if it has one; same form as ``name``.
    public var typeName: String?
    /// At most 3 attributes without a type and 50 with one (``RegistryLimits``). Names are 1 to 128
    /// characters of `[a-zA-Z0-9_.,@/:#-]`, values up to 800 of `[a-zA-Z0-9_.,@/:#=\[\]-]` (AWS IoT API:
    /// ThingAttribute).
    public var attributes: [String: String]

    /// Creates a record. Nothing is checked until it is given to a registry.
    public init(name: String, typeName: String? = nil, attributes: [String: String] = [:]) {
        self.name = name
        self.typeName = typeName
        self.attributes = attributes
    }
}
