import DeviceGateway
import Synchronization
import Testing
import X509Auth

/// Store first, then memory, then observers; all or nothing.
@Suite struct CommitTests {
    @Test func aFailingStoreLeavesMemoryUnchanged() async throws {
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store)
        let effects = Mutex(0)
        registry.observe { _ in effects.withLock { $0 += 1 } }
        store.fail(true)
        let generation = registry.generation
        do {
            try await registry.putPolicy(name: "p", text: policyText())
            Issue.record("was accepted")
        } catch {
            #expect(error.code == .storage)
            #expect(error.message.contains("Failure"))
        }
        #expect(registry.policy("p") == nil)
        #expect(registry.generation == generation)
        #expect(effects.withLock { $0 } == 0)

        store.fail(false)
        #expect(try await registry.putPolicy(name: "p", text: policyText()).version == 1)
    }

    @Test func memoryChangesOnlyWhenTheStoreHasIt() async throws {
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store)
        store.hold()
        let write = Task { try await registry.createThing(ThingRecord(name: "a")) }
        await store.entered()
        #expect(registry.thing("a") == nil)
        #expect(registry.pendingWrites == 1)
        store.release()
        _ = try await write.value
        #expect(registry.thing("a") != nil)
    }

    @Test func writesBehindAFailingStoreFailAlike() async throws {
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store)
        store.hold()
        let first = Task { try await registry.createThing(ThingRecord(name: "first")) }
        await store.entered()
        // In one transaction: the second is refused because of the first, which does not come to pass.
        let create = Task { try await registry.createThing(ThingRecord(name: "a", typeName: "x")) }
        let clash = Task { try await registry.createThing(ThingRecord(name: "a", typeName: "y")) }
        while registry.pendingWrites < 3 { await Task.yield() }
        store.fail(true)
        store.release()
        for task in [first, create, clash] {
            await #expect { try await task.value } throws: { ($0 as? RegistryError)?.code == .storage }
        }
        #expect(registry.allThings.isEmpty)
    }

    @Test func aRefusedWriteDoesNotDisturbItsNeighbours() async throws {
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store)
        store.hold()
        let first = Task { try await registry.createThing(ThingRecord(name: "first")) }
        await store.entered()
        let good = Task { try await registry.createThing(ThingRecord(name: "good")) }
        let bad = Task { try await registry.attachPolicy("none", to: CertificateID(der: [])) }
        while registry.pendingWrites < 3 { await Task.yield() }
        store.release()
        _ = try await (first.value, good.value)
        await #expect { try await bad.value } throws: { ($0 as? RegistryError)?.code == .notFound }
        #expect(registry.allThings.map(\.name) == ["first", "good"])
        #expect(store.batches.count == 2)
    }

    @Test func severalChangesAreOne() async throws {
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store)
        let certificate = try TestAuthority().device("lamp")
        try await registry.write { transaction throws(RegistryError) in
            try transaction.createThing(ThingRecord(name: "lamp"))
            try transaction.putPolicy(name: "p", text: policyText())
            try transaction.register(certificate: certificate, now: registrationTime)
            try transaction.attach(thing: "lamp", to: certificate.id)
            try transaction.attachPolicy("p", to: certificate.id)
        }
        #expect(store.batches.map(\.count) == [5])
        #expect(registry.policyTargets("p") == [certificate.id])

        let code = await refusal {
            try await registry.write { transaction throws(RegistryError) in
                try transaction.createThing(ThingRecord(name: "half"))
                try transaction.removePolicy("p")
            }
        }
        #expect(code == .inUse)
        #expect(registry.thing("half") == nil)
        #expect(store.batches.count == 1)
    }

    @Test func aWriteSeesWhatItHasDone() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.write { transaction throws(RegistryError) in
            try transaction.createThing(ThingRecord(name: "lamp"))
            try transaction.register(certificate: certificate, now: registrationTime)
            try transaction.setStatus(of: certificate.id, to: .inactive)
            #expect(transaction.thing("lamp") != nil)
            #expect(transaction.certificate(certificate.id)?.status == .inactive)
            #expect(transaction.policy("p") == nil)
            #expect(registry.thing("lamp") == nil)
        }
        #expect(registry.certificate(certificate.id)?.status == .inactive)
    }

    @Test func cancellationOfTheCallerDoesNotInterruptAWrite() async throws {
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store)
        store.hold()
        let write = Task { try await registry.createThing(ThingRecord(name: "a")) }
        await store.entered()
        write.cancel()
        store.release()
        _ = try await write.value
        #expect(registry.thing("a") != nil)
    }

    @Test func refusesMoreThanCanWait() async throws {
        var limits = RegistryLimits.default
        limits.pendingWrites = 2
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store, limits: limits)
        store.hold()
        let first = Task { try await registry.createThing(ThingRecord(name: "first")) }
        await store.entered()
        let waiting = (0..<2).map { number in
            Task { try await registry.createThing(ThingRecord(name: "waiting-\(number)")) }
        }
        while registry.pendingWrites < 3 { await Task.yield() }
        #expect(
            await refusal { try await registry.createThing(ThingRecord(name: "late")) } == .busy)
        store.release()
        _ = try await first.value
        for task in waiting { _ = try await task.value }
        #expect(registry.allThings.count == 3)
    }

    @Test func boundsOneTransaction() async throws {
        var limits = RegistryLimits.default
        limits.writesPerTransaction = 3
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store, limits: limits)
        store.hold()
        let first = Task { try await registry.createThing(ThingRecord(name: "first")) }
        await store.entered()
        let others = (0..<7).map { number in
            Task { try await registry.createThing(ThingRecord(name: "other-\(number)")) }
        }
        while registry.pendingWrites < 8 { await Task.yield() }
        store.release()
        _ = try await first.value
        for task in others { _ = try await task.value }
        #expect(store.batches.map(\.count) == [1, 3, 3, 1])
    }
}
