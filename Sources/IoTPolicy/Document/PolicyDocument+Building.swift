extension PolicyDocument {
    /// Builds a document from statements made by ``PolicyStatement/allow(_:on:when:sid:)`` and
    /// ``PolicyStatement/deny(_:on:when:sid:)``.
    ///
    /// - Throws: ``PolicyError`` if the document is too long or a condition value unreadable. Places refer to
    ///   ``canonicalJSON``.
    public init(
        statements: [PolicyStatement], id: String? = nil, version: PolicyVersion = .v2012,
        options: PolicyOptions = .default
    ) throws(PolicyError) {
        // Read back what was built, so that built documents obey the same rules and have places too.
        let draft = PolicyDocument(version: version, id: id, statements: statements)
        try self.init(json: draft.canonicalJSON, options: options)
    }
}

extension PolicyStatement {
    /// A statement that allows `actions` on `resources`.
    public static func allow(
        _ actions: [String], on resources: [String], when conditions: [PolicyCondition] = [],
        sid: String? = nil
    ) -> PolicyStatement {
        PolicyStatement(.allow, .matching(actions), .matching(resources), conditions, sid: sid)
    }

    /// A statement that denies `actions` on `resources`.
    public static func deny(
        _ actions: [String], on resources: [String], when conditions: [PolicyCondition] = [],
        sid: String? = nil
    ) -> PolicyStatement {
        PolicyStatement(.deny, .matching(actions), .matching(resources), conditions, sid: sid)
    }

    /// A statement with any combination of `Action`/`NotAction` and `Resource`/`NotResource`.
    public init(
        _ effect: PolicyEffect, _ actions: PolicyPatterns, _ resources: PolicyPatterns,
        _ conditions: [PolicyCondition] = [], sid: String? = nil
    ) {
        self.init(
            sid: sid, effect: effect, actions: actions, resources: resources, conditions: conditions,
            position: SourcePosition(line: 1, column: 1))
    }
}

extension PolicyPatterns {
    /// `Action` or `Resource`.
    public static func matching(_ patterns: [String]) -> PolicyPatterns {
        PolicyPatterns(isNegated: false, patterns: patterns.map(PolicyText.init(unplaced:)))
    }

    /// `NotAction` or `NotResource`.
    public static func notMatching(_ patterns: [String]) -> PolicyPatterns {
        PolicyPatterns(isNegated: true, patterns: patterns.map(PolicyText.init(unplaced:)))
    }
}

extension PolicyCondition {
    /// A test of `key` against `values`.
    public init(_ operator: ConditionOperator, _ key: String, _ values: [String]) {
        self.init(
            operator: `operator`, key: PolicyText(unplaced: key),
            values: values.map(PolicyText.init(unplaced:)))
    }
}

extension PolicyText {
    fileprivate init(unplaced text: String) { self.init(text, at: SourcePosition(line: 1, column: 1)) }
}
