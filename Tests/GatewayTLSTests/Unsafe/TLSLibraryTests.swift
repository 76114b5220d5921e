import Foundation
import GatewayTLS
import Testing

@Suite("The OpenSSL of this process")
struct TLSLibraryTests {
    private static func works() -> Bool {
        (try? TLSContext(client: TLSClientConfiguration(verification: .dangerouslyNone))) != nil
    }

    // Handlers run in reverse order, so this one runs after a clean-up that OpenSSL registers at its first use.
    @Test("It serves event loops that still run while the process exits")
    func exit() async {
        await #expect(processExitsWith: .success) {
            atexit { if !TLSLibraryTests.works() { _exit(EXIT_FAILURE) } }
            guard TLSLibraryTests.works() else { _exit(EXIT_FAILURE) }
            Foundation.exit(EXIT_SUCCESS)
        }
    }

    @Test("It tells its version")
    func version() {
        #expect(TLSLibrary.version.hasPrefix("OpenSSL 3."))
    }
}
