"""Parts of `./dev bench capacity` and `./dev bench soak`: the highest rate that a server bears, and how its memory grows."""
import json
import os
import pathlib
import statistics
import subprocess
import threading

GOAL_P95_MS = 100
PROBE_S = 15  # of one rate
FIRST_RATE = 8.0
LAST_RATE = 8192.0
STEPS = 4  # bisections between a rate that was borne and twice that
SOAK_SHARE = 0.6
SAMPLE_S = 10
GOAL_GROWTH = 0.03


def run_load(fit, url, rate, seconds, *options):
    """The report of `fit bench load`."""
    done = subprocess.run([fit, "bench", "load", url, "--rate", f"{rate:g}", "--duration", f"{seconds:g}", "--json", *options],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def bears(report, goal_ms=GOAL_P95_MS):
    """Whether every request was sent and answered, and 95 of 100 within the goal from their planned start."""
    total = report["total"]
    return report["not_sent"] == 0 and total["failed"] == 0 and total["latency_ms"]["p95"] <= goal_ms


def highest_rate(probe):
    """The highest rate for which probe(rate), a report, bears(): (rate, report), or (0, None)."""
    borne, best, rate = 0.0, None, FIRST_RATE
    while rate <= LAST_RATE:
        report = probe(rate)
        if not bears(report):
            break
        borne, best, rate = rate, report, rate * 2
    if best is None:
        return 0.0, None
    low, high = borne, rate
    for _ in range(STEPS):
        middle = (low + high) / 2
        report = probe(middle)
        if bears(report):
            low, best = middle, report
        else:
            high = middle
    return low, best


class Memory(threading.Thread):
    """The resident memory of a process, in bytes, every SAMPLE_S seconds."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path = pathlib.Path(f"/proc/{pid}/statm")
        self.stopped = threading.Event()
        self.samples = []

    def run(self):
        while not self.stopped.wait(SAMPLE_S):
            self.samples.append(int(self.path.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))

    def stop(self):
        self.stopped.set()
        self.join()

    def growth(self):
        """The mean of the last tenth of the samples above that of the second tenth; the first one is the warm-up."""
        tenth = max(1, len(self.samples) // 10)
        return statistics.mean(self.samples[-tenth:]) / statistics.mean(self.samples[tenth:2 * tenth]) - 1


def print_capacity(fit, sizes, environment_of, serve):
    """environment_of(size): the settings of a catalogue of that size. serve(environment): a server, as a context."""
    print(f"| items | searches/s within {GOAL_P95_MS} ms (p95) | p50, ms | p95, ms | resident idle, MiB | resident under load, MiB |")
    print("|---|---|---|---|---|---|", flush=True)
    for size in sizes:
        with serve(environment_of(size)) as server:
            run_load(fit, server.url, FIRST_RATE, PROBE_S, "--mix", "search=1")  # warms up
            idle = server.resident_mib()
            rate, report = highest_rate(lambda rate: run_load(fit, server.url, rate, PROBE_S, "--mix", "search=1"))
            times = report["total"]["latency_ms"] if report else {"p50": float("nan"), "p95": float("nan")}
            print(f"| {size:,} | {rate:.0f} | {times['p50']:.1f} | {times['p95']:.1f} | {idle:,} | {server.resident_mib():,} |", flush=True)


def print_soak(fit, server, seconds, rate=None):
    """The usual mix at SOAK_SHARE of the highest rate, which is measured first unless `rate` is given."""
    if rate is None:
        highest, _ = highest_rate(lambda probed: run_load(fit, server.url, probed, PROBE_S))
        rate = SOAK_SHARE * highest
        print(f"The mix is borne at {highest:.0f} requests a second; the soak sends {rate:.1f}.\n", flush=True)
    memory = Memory(server.process.pid)
    memory.start()
    report = run_load(fit, server.url, rate, seconds, "--interval", f"{max(10, seconds / 60):g}")
    memory.stop()
    total, growth = report["total"], memory.growth()
    slowest = max(row["latency_ms"]["p95"] for row in report["course"])
    print("| seconds | requests | failed | not sent | p50, ms | p95, ms | p99, ms | largest p95 of an interval, ms | growth of memory |")
    print("|---|---|---|---|---|---|---|---|---|")
    times = total["latency_ms"]
    print(f"| {seconds:g} | {total['requests']:,} | {total['failed']} | {report['not_sent']} | {times['p50']:.1f} | {times['p95']:.1f} | "
          f"{times['p99']:.1f} | {slowest:.1f} | {growth:+.1%} |\n")
    reached = total["failed"] == 0 and report["not_sent"] == 0 and growth <= GOAL_GROWTH
    print(f"The goal, no failure and at most {GOAL_GROWTH:.0%} more memory, is {'reached' if reached else 'missed'}.", flush=True)
