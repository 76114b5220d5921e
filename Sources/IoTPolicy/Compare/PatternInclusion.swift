/// One position of a pattern with its variables still open.
enum InclusionToken: Hashable, Sendable {
    case scalar(Unicode.Scalar)
    case one
    case run
    /// `?` and `*` within one of the first five fields of an ARN, where no colon fits.
    case oneInField
    case runInField
    /// A variable, whatever it stands for. Only the same variable and a `*` are sure to cover it.
    case variable(ContextKey)
    /// Between action and resource; no wildcard covers it.
    case separator
}

/// One position of a word that a pattern describes.
enum InclusionSymbol: Hashable, Sendable {
    case scalar(Unicode.Scalar)
    /// Some character that no pattern names.
    case other
    case variable(ContextKey)
    case separator
}

/// Decides whether everything one pattern describes is described by others, by exploring both as automata.
///
/// The answer "included" holds for every value the variables may take: a variable counts as a letter of its own,
/// and each pattern that accepts the letter accepts any text put in its place.
struct PatternInclusion {
    enum Outcome {
        case included
        /// A shortest word of the needle that the others do not cover.
        case counterexample([InclusionSymbol])
        case tooComplex
    }

    private struct State: Hashable {
        let position: Int
        let covered: Set<Place>
    }

    private struct Place: Hashable {
        let pattern: Int
        let position: Int
    }

    private let needle: [InclusionToken]
    private let haystack: [[InclusionToken]]
    private let alphabet: [InclusionSymbol]

    static func check(_ needle: [InclusionToken], in haystack: [[InclusionToken]], limit: Int = 20_000)
        -> Outcome
    {
        if haystack.contains(needle) { return .included }
        return PatternInclusion(needle, haystack).explore(limit)
    }

    private init(_ needle: [InclusionToken], _ haystack: [[InclusionToken]]) {
        self.needle = needle
        self.haystack = haystack
        var scalars: Set<Unicode.Scalar> = [":"]
        for case .scalar(let scalar) in needle + haystack.joined() { scalars.insert(scalar) }
        alphabet = [.other] + scalars.sorted { $0.value < $1.value }.map(InclusionSymbol.scalar)
    }

    private func explore(_ limit: Int) -> Outcome {
        let start = State(
            position: 0, covered: closure(haystack.indices.map { Place(pattern: $0, position: 0) }))
        var states = [start]
        var origins: [(parent: Int, symbol: InclusionSymbol?)] = [(-1, nil)]
        var seen: Set<State> = [start]
        var index = 0
        func add(_ state: State, from parent: Int, _ symbol: InclusionSymbol?) {
            guard seen.insert(state).inserted else { return }
            states.append(state)
            origins.append((parent, symbol))
        }
        while index < states.count {
            guard states.count <= limit else { return .tooComplex }
            let state = states[index]
            if state.position == needle.count {
                let isCovered = state.covered.contains { $0.position == haystack[$0.pattern].count }
                if !isCovered { return .counterexample(word(to: index, origins)) }
            } else {
                let token = needle[state.position]
                let isRun = token == .run || token == .runInField
                if isRun {
                    add(State(position: state.position + 1, covered: state.covered), from: index, nil)
                }
                for symbol in symbols(of: token) {
                    let next = State(
                        position: isRun ? state.position : state.position + 1,
                        covered: advance(state.covered, symbol))
                    add(next, from: index, symbol)
                }
            }
            index += 1
        }
        return .included
    }

    private func word(to index: Int, _ origins: [(parent: Int, symbol: InclusionSymbol?)])
        -> [InclusionSymbol]
    {
        var symbols: [InclusionSymbol] = []
        var index = index
        while index >= 0 {
            if let symbol = origins[index].symbol { symbols.append(symbol) }
            index = origins[index].parent
        }
        return symbols.reversed()
    }

    private func symbols(of token: InclusionToken) -> [InclusionSymbol] {
        switch token {
        case .scalar(let scalar): [.scalar(scalar)]
        case .variable(let key): [.variable(key)]
        case .separator: [.separator]
        case .one, .run: alphabet
        case .oneInField, .runInField: alphabet.filter { $0 != .scalar(":") }
        }
    }

    private func advance(_ places: Set<Place>, _ symbol: InclusionSymbol) -> Set<Place> {
        var next: [Place] = []
        for place in places where place.position < haystack[place.pattern].count {
            let after = Place(pattern: place.pattern, position: place.position + 1)
            switch (haystack[place.pattern][place.position], symbol) {
            case (.scalar(let wanted), .scalar(let found)) where wanted == found: next.append(after)
            case (.variable(let wanted), .variable(let found)) where wanted == found: next.append(after)
            case (.separator, .separator): next.append(after)
            case (.one, .scalar), (.one, .other): next.append(after)
            case (.run, .scalar), (.run, .other), (.run, .variable): next.append(place)
            case (.oneInField, .scalar(let found)) where found != ":": next.append(after)
            case (.oneInField, .other): next.append(after)
            case (.runInField, .scalar(let found)) where found != ":": next.append(place)
            case (.runInField, .other): next.append(place)
            default: break
            }
        }
        return closure(next)
    }

    private func closure(_ places: [Place]) -> Set<Place> {
        var result: Set<Place> = []
        for var place in places {
            result.insert(place)
            while place.position < haystack[place.pattern].count {
                let token = haystack[place.pattern][place.position]
                guard token == .run || token == .runInField else { break }
                place = Place(pattern: place.pattern, position: place.position + 1)
                result.insert(place)
            }
        }
        return result
    }
}

/// Decides whether two patterns can describe the same text.
enum PatternOverlap {
    /// True unless they surely cannot, with any text in place of the variables.
    static func isPossible(_ first: [InclusionToken], _ second: [InclusionToken]) -> Bool {
        var pending = [(0, 0)]
        var seen: Set<[Int]> = [[0, 0]]
        func isRun(_ token: InclusionToken) -> Bool {
            switch token {
            case .run, .runInField, .variable: true
            default: false
            }
        }
        while let (left, right) = pending.popLast() {
            func add(_ left: Int, _ right: Int) {
                if seen.insert([left, right]).inserted { pending.append((left, right)) }
            }
            if left == first.count, right == second.count { return true }
            if left < first.count, isRun(first[left]) { add(left + 1, right) }
            if right < second.count, isRun(second[right]) { add(left, right + 1) }
            guard left < first.count, right < second.count, meet(first[left], second[right]) else { continue }
            add(isRun(first[left]) ? left : left + 1, isRun(second[right]) ? right : right + 1)
        }
        return false
    }

    private static func meet(_ first: InclusionToken, _ second: InclusionToken) -> Bool {
        switch (first, second) {
        case (.separator, .separator): true
        case (.separator, _), (_, .separator): false
        case (.scalar(let left), .scalar(let right)): left == right
        case (.scalar(":"), .oneInField), (.scalar(":"), .runInField), (.oneInField, .scalar(":")),
            (.runInField, .scalar(":")):
            false
        default: true
        }
    }
}
