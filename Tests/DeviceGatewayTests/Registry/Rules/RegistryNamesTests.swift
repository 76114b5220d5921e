import DeviceGateway
import Testing

/// The forms of names, AWS IoT API: CreateThing, CreatePolicy, ThingAttribute.
@Suite struct RegistryNamesTests {
    @Test(arguments: ["a", "Sensor_1:north-9", String(repeating: "x", count: 128)])
    func acceptsThingNames(_ name: String) async throws {
        let registry = try await emptyRegistry()
        #expect(try await registry.createThing(ThingRecord(name: name)).name == name)
        #expect(try await registry.createThing(ThingRecord(name: "other", typeName: name)).typeName == name)
    }

    @Test(arguments: [
        "", "a b", "a/b", "a.b", "a+", "#", "ä", "a\u{0}", "a\n", String(repeating: "x", count: 129),
    ])
    func refusesThingNames(_ name: String) async throws {
        let registry = try await emptyRegistry()
        #expect(
            await refusal { try await registry.createThing(ThingRecord(name: name)) } == .invalidName)
        #expect(
            await refusal { try await registry.createThing(ThingRecord(name: "a", typeName: name)) }
                == .invalidName)
        #expect(registry.allThings.isEmpty)
    }

    @Test(arguments: ["p", "A_z+=,.@-0", String(repeating: "p", count: 128)])
    func acceptsPolicyNames(_ name: String) async throws {
        let registry = try await emptyRegistry()
        #expect(try await registry.putPolicy(name: name, text: policyText()).name == name)
    }

    @Test(arguments: ["", "a b", "a/b", "a:b", "é", String(repeating: "p", count: 129)])
    func refusesPolicyNames(_ name: String) async throws {
        let registry = try await emptyRegistry()
        #expect(
            await refusal { try await registry.putPolicy(name: name, text: policyText()) } == .invalidName)
    }

    @Test func holdsAttributesToTheirForm() async throws {
        let registry = try await emptyRegistry()
        let acceptable = [
            "a.b,@/:#-_": "v=[1]#/:@,._-", "empty": "", "long": String(repeating: "v", count: 800),
        ]
        #expect(
            try await registry.createThing(ThingRecord(name: "a", attributes: acceptable)).attributes
                == acceptable)

        let unacceptable = [
            ["": "v"], ["a b": "v"], ["a=": "v"], [String(repeating: "n", count: 129): "v"],
            ["n": "a b"], ["n": "*"], ["n": "${x}"], ["n": String(repeating: "v", count: 801)],
        ]
        for attributes in unacceptable {
            #expect(
                await refusal {
                    try await registry.createThing(ThingRecord(name: "b", attributes: attributes))
                } == .invalidName)
        }
    }

    @Test func boundsAttributes() async throws {
        let registry = try await emptyRegistry()
        func thing(_ count: Int, typeName: String?, length: Int = 1) -> ThingRecord {
            let value = String(repeating: "v", count: length)
            let names = (0..<count).map { "n\($0)" }
            return ThingRecord(
                name: "t\(count)-\(length)", typeName: typeName,
                attributes: Dictionary(uniqueKeysWithValues: names.map { ($0, value) }))
        }
        let cases: [(ThingRecord, RegistryError.Code?)] = [
            (thing(3, typeName: nil), nil), (thing(4, typeName: nil), .limitExceeded),
            (thing(50, typeName: "type"), nil), (thing(51, typeName: "type"), .limitExceeded),
        ]
        for (thing, expected) in cases {
            #expect(
                await refusal { try await registry.createThing(thing) } == expected)
        }

        var limits = RegistryLimits.default
        limits.attributeBytes = 30
        let narrow = try await emptyRegistry(limits: limits)
        #expect(
            await refusal { try await narrow.createThing(thing(3, typeName: nil, length: 8)) } == nil)
        #expect(
            await refusal { try await narrow.createThing(thing(3, typeName: nil, length: 9)) }
                == .limitExceeded)
    }

    @Test func quotesNamesSafelyInMessages() async throws {
        let registry = try await emptyRegistry()
        do {
            try await registry.createThing(ThingRecord(name: "line\nbreak\u{1B}[31m"))
            Issue.record("was accepted")
        } catch {
            #expect(error.message.contains(#"line\nbreak"#))
            #expect(!error.message.unicodeScalars.contains { $0.value < 32 })
        }
    }
}
