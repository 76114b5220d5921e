/// Times as RFC 5280 4.1.2.5 writes them: `YYMMDDHHMMSSZ` for 1950 to 2049, `YYYYMMDDHHMMSSZ` otherwise.
enum DERTime {
    /// Unix seconds; nil for anything else, fractions and offsets included.
    static func seconds(tag: UInt8, _ text: ArraySlice<UInt8>) -> Int64? {
        let yearDigits: Int
        switch tag {
        case DERTag.utcTime: yearDigits = 2
        case DERTag.generalizedTime: yearDigits = 4
        default: return nil
        }
        guard text.count == yearDigits + 11, text.last == UInt8(ascii: "Z") else { return nil }
        var position = text.startIndex
        func number(_ digits: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<digits {
                guard case UInt8(ascii: "0")...UInt8(ascii: "9") = text[position] else { return nil }
                value = value * 10 + Int64(text[position] - UInt8(ascii: "0"))
                position += 1
            }
            return value
        }
        guard var year = number(yearDigits), let month = number(2), let day = number(2),
            let hour = number(2), let minute = number(2), let second = number(2)
        else { return nil }
        if yearDigits == 2 { year += year < 50 ? 2000 : 1900 }
        return UTCTime.seconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }
}
