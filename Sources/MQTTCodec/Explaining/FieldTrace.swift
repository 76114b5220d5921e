/// Records what the parser reads.
struct FieldTrace: WireTrace {
    struct Record {
        let name: String
        let form: FieldForm
        let span: WireSpan
    }

    private(set) var records: [Record] = []

    mutating func field(_ name: @autoclosure () -> String, _ form: FieldForm, start: Int, count: Int) {
        records.append(Record(name: name(), form: form, span: WireSpan(start: start, count: count)))
    }
}
