import IoTPolicy
var text = ""
while let line = readLine(strippingNewline: false) { text += line }
do { print(try PolicyCases(json: text).judge()) } catch { print(error) }
