extension String {
    /// The longest beginning of whole characters with at most so many bytes of UTF-8.
    func prefix(utf8Count: Int) -> String {
        guard utf8.count > utf8Count else { return self }
        var end = startIndex
        var count = 0
        while end < endIndex {
            count += self[end].utf8.count
            if count > utf8Count { break }
            end = index(after: end)
        }
        return String(self[..<end])
    }
}
