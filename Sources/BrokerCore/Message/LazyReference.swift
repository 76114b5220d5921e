import Synchronization

/// An object made when first asked for, from any thread, without a lock.
///
/// The standard library's `AtomicLazyReference` does the same, but cannot be specialised: reading it looks up
/// type metadata, which costs several times the rest of a delivery.
struct LazyReference<Object: AnyObject & Sendable>: ~Copyable, Sendable {
    /// The address of a retained object; 0 before there is one.
    private let address = Atomic<UInt>(0)

    /// The object, made by `make` if there is none yet. Two first callers at once may both make one; all
    /// get the same.
    @inline(__always)
    func value(orMake make: () -> Object) -> Object {
        if let object = Self.object(at: address.load(ordering: .acquiring)) { return object }
        let new = Unmanaged.passRetained(make())
        let (exchanged, original) = address.compareExchange(
            expected: 0, desired: UInt(bitPattern: new.toOpaque()), successOrdering: .acquiringAndReleasing,
            failureOrdering: .acquiring)
        if !exchanged, let earlier = Self.object(at: original) {
            new.release()
            return earlier
        }
        return new.takeUnretainedValue()
    }

    private static func object(at address: UInt) -> Object? {
        UnsafeRawPointer(bitPattern: address).map {
            Unmanaged<Object>.fromOpaque($0).takeUnretainedValue()
        }
    }

    deinit {
        if let pointer = UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring)) {
            Unmanaged<Object>.fromOpaque(pointer).release()
        }
    }
}
