@testable import X509Auth

/// Makes the other certificate of the same content: ECDSA signature (r, s) turned into (r, n−s).
enum Twin {
    private static let order =
        Hexadecimal.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551") ?? []

    static func of(_ der: [UInt8]) -> [UInt8] {
        let parts = DER.parts(of: der)
        let signature = Array(DER.content(of: parts[2]).dropFirst())
        let numbers = DER.parts(of: signature)
        let s = subtract(DER.content(of: numbers[1]))
        return DER.sequence(parts[0], parts[1], DER.bits(DER.sequence(numbers[0], DER.integer(s))))
    }

    private static func subtract(_ s: [UInt8]) -> [UInt8] {
        let significant = Array(s.drop { $0 == 0 })
        let padded = [UInt8](repeating: 0, count: order.count - significant.count) + significant
        var result = order
        var borrow = 0
        for index in order.indices.reversed() {
            let difference = Int(order[index]) - Int(padded[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[index] = UInt8(difference & 0xff)
        }
        return result
    }
}
