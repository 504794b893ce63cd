"""Reads the output of wrk: requests per second, p50 and p99 in ms, errors. With a file: the medians of the rounds."""

import re
import statistics
import sys


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s)$", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def one(text):
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    p50, p99 = (milliseconds(re.search(rf"^\s+{percent}%\s+(\S+)", text, re.M)[1]) for percent in (50, 99))
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    print(f"{rate:.0f} {p50:.3f} {p99:.3f} {errors[1] if errors else 0}")


def table(path):
    rows = {}
    for line in open(path):
        connections, _, name, *figures = line.split()
        rows.setdefault((int(connections), name), []).append([float(figure) for figure in figures])
    print(f"{'connections':>11} {'proxy':<10} {'requests/s':>10} {'p50 ms':>8} {'p99 ms':>8} {'errors':>7} {'of nginx':>9}")
    for (connections, name), rounds in sorted(rows.items(), key=lambda row: (row[0][0],)):
        rate, p50, p99, errors = (statistics.median(column) for column in zip(*rounds))
        peer = statistics.median(column[0] for column in rows[connections, "nginx"])
        print(f"{connections:>11} {name:<10} {rate:>10.0f} {p50:>8.3f} {p99:>8.3f} {errors:>7.0f} {rate / peer:>8.0%}")


table(sys.argv[1]) if len(sys.argv) > 1 else one(sys.stdin.read())
