#!/usr/bin/env python3
"""How long an ordinary SEARCH takes while others search all they can: one client measures alone, then beside many that
send SEARCH BODY "a" without a pause, as the same user and as another one; and /healthz, beside them all."""
import argparse
import multiprocessing
import os
import pathlib
import statistics
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402
from run import letters, queries  # noqa: E402

MONSTERS = [("BODY", "a"), ("TEXT", "e"), ("BODY", "on"), ("NOT", "BODY", "qq")]


def latencies(connection, count):
    times = []
    for query in [q for q in queries(2 * count) if q[2] in ("BODY", "TEXT", "SUBJECT", "FROM") and " " not in q[3]][:count]:
        start = time.perf_counter()
        connection.uid(*query)
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


def tell(what, times):
    print(f"{what:<44} p50 {statistics.median(times):8.1f} ms   p95 {times[int(len(times) * 0.95)]:8.1f} ms   "
          f"max {times[-1]:8.1f} ms", flush=True)


def flood(connections):
    """All of them at once, until killed; in a process of its own, so that only the server is shared."""
    def search(number):
        while True:
            connections[number].uid("SEARCH", None, *MONSTERS[0 if number % 2 else number % len(MONSTERS)])
    for number in range(len(connections)):
        threading.Thread(target=search, args=(number,)).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--messages", type=int, default=20000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    os.environ["MAILHOLD_PROGRAM"] = options.program
    with harness.work_folder() as folder, harness.Origin(folder / "origin") as origin:
        origin.deliver("alice", "INBOX", list(letters(options.messages)))
        mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin, segment_mib=256,
                                    users={"alice": ["alice"], "mallory": ["alice"]})
        mailhold.run("sync")
        with mailhold:
            ours = {user: mailhold.imap(user) for user in ("alice", "mallory")}
            for connection in ours.values():
                connection.select("INBOX", readonly=True)
            latencies(ours["alice"], 20)
            tell("alone", latencies(ours["alice"], options.queries))
            others = [mailhold.imap("mallory") for _ in range(options.clients)]
            for connection in others:
                connection.select("INBOX", readonly=True)
            flooding = multiprocessing.get_context("fork").Process(target=flood, args=(others,))
            flooding.start()
            time.sleep(0.1)
            tell("the first one right after they begin", latencies(ours["alice"], 1))
            tell(f"beside {options.clients} clients of another user", latencies(ours["alice"], options.queries))
            tell(f"beside {options.clients} clients of the same user", latencies(ours["mallory"], options.queries))
            health = []
            for _ in range(50):
                begin = time.perf_counter()
                urllib.request.urlopen(f"http://127.0.0.1:{mailhold.http_port}/healthz", timeout=10).read()
                health.append((time.perf_counter() - begin) * 1e3)
            tell("/healthz beside them", sorted(health))
            flooding.kill()
            flooding.join()


if __name__ == "__main__":
    main()
