#!/usr/bin/env python3
"""Measures how long a deactivated certificate's connection lives on, with other connections beside it.

    device-gateway serve --directory DIR &
    Tests/Measurements/cutoff.py --directory DIR --command device-gateway --bystanders 1000 --rounds 20

Adds a device, connects it over mutual TLS, deactivates its certificate through the operator socket and takes
the time from writing the request to the end of the TLS stream. Bystanders are connected devices that exchange
PINGREQ and PINGRESP all the while; any that loses its connection is counted. Python's standard library only.
"""
import argparse, json, os, selectors, socket, ssl, statistics, subprocess, sys, tempfile, time


def connect_packet(client_id):
    body = b"\x00\x04MQTT\x05\x02" + (600).to_bytes(2, "big") + b"\x00" + len(client_id).to_bytes(2, "big") + client_id
    remaining = len(body)
    length = bytes([remaining]) if remaining < 128 else bytes([remaining % 128 | 128, remaining // 128])
    return b"\x10" + length + body


class Device:
    def __init__(self, args, folder, name):
        self.name = name
        subprocess.run(
            [args.command, "device", "add", name, "--directory", args.directory, "--output", folder],
            check=True, stdout=subprocess.DEVNULL)
        context = ssl.create_default_context(cafile=os.path.join(folder, "root-CA.crt"))
        context.load_cert_chain(
            os.path.join(folder, f"{name}.cert.pem"), os.path.join(folder, f"{name}.private.key"))
        self.context = context

    def connect(self, port):
        raw = socket.create_connection(("127.0.0.1", port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = self.context.wrap_socket(raw, server_hostname="localhost")
        stream.sendall(connect_packet(self.name.encode()))
        answer = stream.recv(256)
        if answer[:1] != b"\x20" or answer[3] != 0:
            sys.exit(f"{self.name} was refused: {answer.hex()}")
        return stream


def operator(args, command):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(os.path.join(args.directory, "control.sock"))
        line = json.dumps({"version": 1, "command": command}).encode() + b"\n"
        start = time.monotonic()
        s.sendall(line)
        reply = b""
        while not reply.endswith(b"\n"):
            part = s.recv(65536)
            if not part:
                break
            reply += part
    if b'"error"' in reply:
        sys.exit(reply.decode())
    return start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--directory", required=True)
    parser.add_argument("--command", default="device-gateway")
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--bystanders", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bystanders = []
        for number in range(args.bystanders):
            bystanders.append(Device(args, folder, f"bystander-{os.getpid()}-{number}").connect(args.port))
            if (number + 1) % 100 == 0:
                print(f"{number + 1} bystanders connected", file=sys.stderr)
        thief = Device(args, folder, f"thief-{os.getpid()}")
        times = []
        for _ in range(args.rounds):
            stream = thief.connect(args.port)
            for other in bystanders:
                other.sendall(b"\xc0\x00")
            start = operator(args, {"set-certificate-status": {"certificate": {"thing": thief.name}, "status": "INACTIVE"}})
            stream.settimeout(5)
            while stream.recv(256):
                pass
            times.append((time.monotonic() - start) * 1000)
            operator(args, {"set-certificate-status": {"certificate": {"thing": thief.name}, "status": "ACTIVE"}})
        lost = 0
        for other in bystanders:
            other.settimeout(5)
            received = b""
            try:
                while len(received) < 2 * args.rounds:
                    part = other.recv(256)
                    if not part:
                        raise OSError
                    received += part
            except OSError:
                lost += 1
        print(
            f"cut off after {statistics.median(times):.1f} ms (median of {args.rounds}; "
            f"{min(times):.1f} to {max(times):.1f}); {lost} of {args.bystanders} bystanders disturbed")
        sys.exit(1 if lost or max(times) > 100 else 0)


main()
