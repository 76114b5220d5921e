import DeviceGateway
import FuzzDriver

// Any bytes as a provisioning template: a typed error with a place, or a template whose evaluation is the same
// each time and never more than is allowed.

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : count))
    do throws(TemplateError) {
        let template = try ProvisioningTemplateDocument(json: bytes)
        for parameters in [
            [:],
            ["P": "value", "AWS::IoT::Certificate::CommonName": "${P}", "AWS::IoT::Certificate::Id": "id"],
        ] {
            let plan = try template.evaluate(parameters: parameters)
            let again = try template.evaluate(parameters: parameters)
            precondition(plan == again)
            precondition((plan.thing?.name.utf8.count ?? 0) <= 262_144)
        }
    } catch {
        precondition(!error.message.isEmpty && !error.path.isEmpty)
    }
    return 0
}

_ = runFuzzer(test)
