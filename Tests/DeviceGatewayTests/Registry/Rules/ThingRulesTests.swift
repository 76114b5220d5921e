import DeviceGateway
import Testing
import X509Auth

@Suite struct ThingRulesTests {
    @Test func createsOnceAndAgainOnlyAlike() async throws {
        let registry = try await emptyRegistry()
        let thing = ThingRecord(name: "lamp", typeName: "light", attributes: ["floor": "2"])
        try await registry.createThing(thing)
        let generation = registry.generation
        #expect(try await registry.createThing(thing) == thing)
        #expect(registry.generation == generation)
        #expect(
            await refusal { try await registry.createThing(ThingRecord(name: "lamp")) } == .alreadyExists)
        #expect(registry.thing("lamp") == thing)
    }

    @Test func updatesOnlyWhatExists() async throws {
        let registry = try await emptyRegistry()
        let changed = ThingRecord(name: "lamp", attributes: ["floor": "3"])
        #expect(
            await refusal { try await registry.updateThing(changed) } == .notFound)
        try await registry.createThing(ThingRecord(name: "lamp"))
        #expect(try await registry.updateThing(changed) == changed)
        #expect(registry.thing("lamp") == changed)
    }

    @Test func refusesToRemoveAnAttachedThing() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.createThing(ThingRecord(name: "lamp"))
        try await registry.register(certificate: certificate, now: registrationTime)
        try await registry.attach(thing: "lamp", to: certificate.id)
        #expect(await refusal { try await registry.removeThing("lamp") } == .inUse)

        try await registry.detach(thing: "lamp", from: certificate.id)
        try await registry.removeThing("lamp")
        #expect(registry.thing("lamp") == nil)
        #expect(await refusal { try await registry.removeThing("lamp") } == .notFound)
    }

    @Test func attachesManyToMany() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let (one, two) = (try authority.device("one"), try authority.device("two"))
        for certificate in [one, two] {
            try await registry.register(certificate: certificate, now: registrationTime)
        }
        for name in ["zebra", "apple"] { try await registry.createThing(ThingRecord(name: name)) }
        try await registry.attach(thing: "zebra", to: one.id)
        try await registry.attach(thing: "apple", to: one.id)
        try await registry.attach(thing: "apple", to: two.id)
        let generation = registry.generation
        try await registry.attach(thing: "apple", to: two.id)
        #expect(registry.generation == generation)

        #expect(registry.things(attachedTo: one.id).map(\.name) == ["apple", "zebra"])
        #expect(registry.things(attachedTo: two.id).map(\.name) == ["apple"])
        #expect(Set(registry.certificates(attachedTo: "apple")) == [one.id, two.id])
        #expect(registry.thing("zebra", attachedTo: one.id)?.name == "zebra")
        #expect(registry.thing("zebra", attachedTo: two.id) == nil)
    }

    @Test func refusesAttachmentsOfWhatIsNotThere() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.createThing(ThingRecord(name: "lamp"))
        #expect(
            await refusal { try await registry.attach(thing: "lamp", to: certificate.id) } == .notFound)
        try await registry.register(certificate: certificate, now: registrationTime)
        #expect(
            await refusal { try await registry.attach(thing: "other", to: certificate.id) } == .notFound)
        #expect(
            await refusal { try await registry.detach(thing: "lamp", from: certificate.id) } == .notFound)
    }

    /// AWS IoT API, AttachThingPrincipal: EXCLUSIVE_THING.
    @Test func anExclusiveThingIsTheCertificatesOnlyOne() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let (first, second) = (try authority.device("a").id, try authority.device("b").id)
        for name in ["a", "b"] { try await registry.createThing(ThingRecord(name: name)) }
        for certificate in [try authority.device("x"), try authority.device("y")] {
            try await registry.register(certificate: certificate, now: registrationTime)
        }
        let ids = registry.allCertificates.map(\.id)
        #expect(ids.count == 2 && !ids.contains(first) && !ids.contains(second))

        try await registry.attach(thing: "a", to: ids[0], exclusively: true)
        #expect(registry.hasExclusiveThing(ids[0]))
        for exclusively in [true, false] {
            // Neither another thing for the certificate nor another certificate for the thing.
            #expect(
                await refusal { try await registry.attach(thing: "b", to: ids[0], exclusively: exclusively) }
                    == .inUse)
            #expect(
                await refusal { try await registry.attach(thing: "a", to: ids[1], exclusively: exclusively) }
                    == .inUse)
        }
        try await registry.attach(thing: "a", to: ids[0])
        #expect(!registry.hasExclusiveThing(ids[0]))
        try await registry.attach(thing: "b", to: ids[0])
        #expect(
            await refusal { try await registry.attach(thing: "a", to: ids[0], exclusively: true) } == .inUse)
        try await registry.detach(thing: "b", from: ids[0])
        try await registry.attach(thing: "a", to: ids[0], exclusively: true)
        try await registry.detach(thing: "a", from: ids[0])
        #expect(!registry.hasExclusiveThing(ids[0]))
        try await registry.attach(thing: "b", to: ids[0])
    }
}
