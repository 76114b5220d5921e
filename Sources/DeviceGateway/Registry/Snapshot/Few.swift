/// A set that mostly has one element, in ascending order, without an allocation for the one.
enum Few<Element: Comparable & Sendable>: Sendable {
    case none
    case one(Element)
    /// Two or more, sorted.
    case more([Element])

    var isEmpty: Bool {
        if case .none = self { true } else { false }
    }

    var count: Int {
        switch self {
        case .none: 0
        case .one: 1
        case .more(let elements): elements.count
        }
    }

    var first: Element? {
        switch self {
        case .none: nil
        case .one(let element): element
        case .more(let elements): elements.first
        }
    }

    /// In ascending order.
    var array: [Element] {
        switch self {
        case .none: []
        case .one(let element): [element]
        case .more(let elements): elements
        }
    }

    func contains(_ element: Element) -> Bool {
        switch self {
        case .none: false
        case .one(let only): only == element
        case .more(let elements): elements.contains(element)
        }
    }

    mutating func insert(_ element: Element) {
        switch self {
        case .none: self = .one(element)
        case .one(let only):
            if only != element { self = .more(only < element ? [only, element] : [element, only]) }
        case .more(let elements): self = .more(elements.inserting(element))
        }
    }

    mutating func remove(_ element: Element) {
        switch self {
        case .none: break
        case .one(let only):
            if only == element { self = .none }
        case .more(let elements):
            let rest = elements.filter { $0 != element }
            self = rest.count == 1 ? .one(rest[0]) : rest.isEmpty ? .none : .more(rest)
        }
    }
}

extension Array where Element: Comparable {
    /// The sorted array with one more element, once.
    func inserting(_ element: Element) -> [Element] {
        guard let index = firstIndex(where: { $0 >= element }) else { return self + [element] }
        guard self[index] != element else { return self }
        var copy = self
        copy.insert(element, at: index)
        return copy
    }
}
