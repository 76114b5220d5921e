print("device-gateway")
