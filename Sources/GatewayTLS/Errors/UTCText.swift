/// A time as an operator reads it: "2026-11-24 23:59:59 UTC".
///
/// - Parameter seconds: Unix seconds.
func utcText(_ seconds: Int64) -> String {
    // Years 0 to 9999, which is all that certificates can name.
    let seconds = min(max(seconds, -62_167_219_200), 253_402_300_799)
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    // Howard Hinnant's civil_from_days: years begin in March, so that a leap day ends one.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * march + 2) / 5 + 1
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month))-\(padded(day)) "
        + "\(padded(rest / 3_600)):\(padded(rest / 60 % 60)):\(padded(rest % 60)) UTC"
}
