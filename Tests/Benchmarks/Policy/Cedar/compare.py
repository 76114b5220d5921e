#!/usr/bin/env python3
"""Decisions per CPU-second of IoTPolicy and of Cedar (cedarpy), on equal policy sets, in one run.

    pip install cedarpy
    Tests/Benchmarks/Policy/Cedar/compare.py PATH/TO/policy-count

Both judge one publish against statements "fleet/<thing>/kind<n>/*", the last of which allows. Cedar has no
variables in patterns, so its policies name the thing outright. Its call overhead (the request crosses from
Python into Rust) is told apart: it is what the same call costs against an empty policy set, and the ratio is
given with and without it. Policies and entities are parsed beforehand.
"""
import resource
import subprocess
import sys
import time

import cedarpy

REQUEST = {
    "principal": 'Client::"device-1"',
    "action": 'Action::"Publish"',
    "resource": 'Topic::"t"',
    "context": {"topic": "fleet/device-1/telemetry/temperature"},
}


def cedar_policies(count):
    kinds = [f"kind{n}" for n in range(count - 1)] + ["telemetry"]
    return cedarpy.PolicySet.from_str("\n".join(
        f'permit(principal, action == Action::"Publish", resource) when {{ context.topic like "fleet/device-1/{kind}/*" }};'
        for kind in kinds)) if count else cedarpy.PolicySet.from_str("")


def cedar_seconds(count, calls, allowed):
    policies, entities = cedar_policies(count), cedarpy.Entities.from_json_str("[]")
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for _ in range(calls):
            answer = cedarpy.is_authorized(REQUEST, policies, entities)
        best = min(best, (time.process_time() - start) / calls)
    assert answer.allowed == allowed, answer
    return best


def gateway_seconds(program, count):
    decisions = 5_000_000  # beside which starting the program is nothing
    best = float("inf")
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([program, f"decide-allowed-{count}", str(decisions)], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best / decisions


def main(program):
    overhead = cedar_seconds(0, 5000, False)
    print(f"cedarpy call on no policy: {overhead * 1e6:.1f} us")
    print(f"{'statements':>10} {'IoTPolicy':>12} {'cedarpy':>12} {'ratio':>8} {'without call overhead':>22}")
    failed = False
    for count in (1, 10, 100):
        ours, theirs = gateway_seconds(program, count), cedar_seconds(count, 2000, True)
        net = max(theirs - overhead, 0)
        print(f"{count:>10} {ours * 1e9:>9.1f} ns {theirs * 1e6:>9.1f} us {theirs / ours:>7.0f}x {net / ours:>21.0f}x")
        failed |= theirs < 20 * ours
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
