/// One thing that happened: who, how it went, what.
struct TimelineEntry: Equatable {
    var party: Party
    var mark: Mark
    var text: String
    /// Said below the entry, apart from it: reasons, documents.
    var details: [String] = []

    /// Who did it.
    enum Party: Equatable {
        case gateway
        case backend
        case `operator`
        case thief
        case linter
        case device(String)

        var name: String {
            switch self {
            case .gateway: "gateway"
            case .backend: "backend"
            case .operator: "operator"
            case .thief: "thief"
            case .linter: "linter"
            case .device(let name): name
            }
        }

        var colour: TextStyle.Colour {
            switch self {
            case .gateway: .blue
            case .backend: .green
            case .operator: .magenta
            case .thief: .red
            case .linter: .yellow
            case .device: .cyan
            }
        }
    }

    /// How it went. The symbol says what happened; the colour, whether it is good for the fleet.
    enum Mark: Equatable {
        /// Done, as it should be.
        case done
        /// A message arrived.
        case received
        /// Refused, rightly.
        case refused
        /// Something the fleet's owner would not want.
        case alarm
        /// A connection ended.
        case cut
        /// For information.
        case note

        func symbol(_ style: TextStyle) -> String {
            switch self {
            case .done: style.symbol("✓", plain: "+")
            case .received: style.symbol("←", plain: "<")
            case .refused: style.symbol("⊘", plain: "x")
            case .alarm: style.symbol("▲", plain: "!")
            case .cut: style.symbol("✗", plain: "/")
            case .note: style.symbol("•", plain: "-")
            }
        }

        var colour: TextStyle.Colour {
            switch self {
            case .done, .received, .refused: .green
            case .alarm: .red
            case .cut: .yellow
            case .note: .faint
            }
        }
    }
}
