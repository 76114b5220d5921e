import BrokerCore
import IoTPolicy
import Logging
import MQTTCodec
import NIOCore

/// The broker's handle on a connection: safe to hold and to wake from any thread.
final class ConnectionTarget: DeliveryTarget {
    let eventLoop: any EventLoop
    private let connection: NIOLoopBound<Box>

    /// Lets the connection go when it has ended, whatever still refers to the target.
    private final class Box {
        var connection: DeviceConnection?

        init(_ connection: DeviceConnection) {
            self.connection = connection
        }
    }

    init(connection: DeviceConnection) {
        eventLoop = connection.loop.eventLoop
        self.connection = NIOLoopBound(Box(connection), eventLoop: eventLoop)
    }

    func drain() {
        guard let connection = connection.value.connection else { return }
        connection.loop.refreshTime()
        connection.drain()
        connection.readCompleted()
    }

    func supersede() {
        guard let connection = connection.value.connection else { return }
        connection.loop.refreshTime()
        connection.end(.takenOver)
        connection.readCompleted()
    }

    /// The connection has ended.
    func release() {
        connection.value.connection = nil
    }
}

extension DeviceConnection {
    /// Most deliveries encoded before other connections get their turn.
    private static var burst: Int { 256 }
    /// Bytes after which a burst is sent before the next one is fetched.
    private static var burstBytes: Int { 65_536 }

    /// Sends what the session holds, as far as its window and the socket allow.
    func drain() {
        guard let admitted, case .connected = phase else { return }
        loop.acquire(self)
        for _ in 0..<4 {
            // Not writable: the session keeps its wake, and `becameWritable` comes back.
            guard transport.isWritable else { return }
            var batch = loop.takeBatch()
            let isDry = admitted.session.nextDeliveries(
                into: &batch, limit: Self.burst, bytes: Self.burstBytes, epoch: admitted.epoch,
                now: loop.now.instant)
            var hasRoom = false
            for delivery in batch where !deliver(delivery, admitted) {
                if admitted.session.refused(delivery, epoch: admitted.epoch) { hasRoom = true }
            }
            loop.returnBatch(&batch)
            if isOver || isDry && !hasRoom { return }
            transport.flush()
            loop.acquire(self)
        }
        // More is waiting; others first.
        let target = admitted.target
        loop.eventLoop.execute { target.drain() }
    }

    /// `iot:Receive` is judged here, on the concrete topic, at the last moment: live, queued, retained and
    /// resumed messages all pass it, by the policies of this very moment.
    ///
    /// - Returns: whether it may be received; if not, nothing is sent.
    private func deliver(_ delivery: Delivery, _ admitted: Admitted) -> Bool {
        var topic = delivery.message.topic
        let time = loop.now.unixSeconds
        let decision = topic.withUTF8 { admitted.identity.policy.decide(.receive, $0, at: time) }
        guard decision.isAllowed else {
            loop.counters.publishesDropped += 1
            let verdict = MQTTVerdict(decision: decision, deniedAction: .receive, deniedName: topic)
            reportDenial(verdict, name: topic)
            return false
        }
        delivery.write(into: &loop.plaintext, version: admitted.version)
        loop.counters.publishesDelivered += 1
        return true
    }

    /// The socket takes bytes again.
    func becameWritable() {
        drain()
        readCompleted()
    }

    func write(_ packet: MQTTPacket, version: MQTTVersion) {
        loop.acquire(self)
        do {
            try packet.encode(into: &loop.plaintext, version: version)
        } catch {
            // Only the gateway's own packets come here; one that cannot be encoded is a fault of ours.
            core.logger.error(
                "a packet could not be encoded", metadata: ["fault": "\(error)", "connection": "\(id)"])
        }
    }
}
