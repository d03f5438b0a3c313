#!/usr/bin/env python3
"""Benchmarks, each beside its peer in one run: machines are noisy, so read the ratios.
  mirror   first mirror of N messages from a Dovecot over TLS, durable and indexed, beside mbsync
  search   SEARCH of mixed keys, one connection, beside the same Dovecot without an index
  index    parsing and indexing the sample mail, beside the same terms in a bare Xapian database
  fetch    download of all bodies over TLS, beside the same Dovecot"""
import argparse
import os
import pathlib
import random
import re
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402


def letters(count):
    """Messages of about 6 KB with a vocabulary that follows Zipf's law; deterministic."""
    choose = random.Random(11)
    vocabulary = ["".join(choose.choices("etaoinshrdlu", k=choose.randint(2, 11))) for _ in range(30_000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    for n in range(count):
        words = choose.choices(vocabulary, weights, k=900)
        lines = "\n".join(" ".join(words[i:i + 11]) for i in range(0, len(words), 11))
        yield (f"From: {words[0]} {words[1]} <{words[0]}@example.org>\nTo: {words[2]}@example.net\nSubject: {' '.join(words[3:9])}\n"
               f"Message-ID: <{n}.{words[5]}@example.org>\nDate: Mon, 1 Jan 2024 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} +0000\n\n"
               f"{lines}\n").encode()


def timed(command, **options):
    """Wall and CPU seconds of a command and its children."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(what, ours, peer, unit, peer_name, better):
    ratio = ours / peer if better == "more" else peer / ours
    print(f"{what:<34} {ours:>10.1f} {unit:<6} {peer_name} {peer:.1f} {unit}; {ratio:.2f} times as good")


def mirror(folder, origin, mailhold, count):
    (folder / "mbsync").mkdir()
    (folder / "mbsyncrc").write_text(f"""
IMAPStore remote
Host localhost
Port {origin.tls_port}
User alice
Pass {harness.PASSWORD}
SSLType IMAPS
CertificateFile {origin.ca_file}

MaildirStore local
Path {folder}/mbsync/
Inbox {folder}/mbsync/INBOX

Channel pull
Far :remote:
Near :local:
Patterns INBOX
Create Near
Sync Pull
SyncState *
""")
    wall, cpu = timed([harness.program(), "sync", "--config", mailhold.config])
    peer_wall, peer_cpu = timed(["mbsync", "-c", folder / "mbsyncrc", "pull"])
    row("mirror and index", count / wall, count / peer_wall, "msg/s", "mbsync (does not index)", "more")
    row("client CPU for 10,000 messages", cpu / count * 1e4, peer_cpu / count * 1e4, "s", "mbsync (does not index)", "less")
    wall, _ = timed([harness.program(), "sync", "--config", mailhold.config])
    peer_wall, _ = timed(["mbsync", "-c", folder / "mbsyncrc", "pull"])
    row("nothing new", wall * 1e3, peer_wall * 1e3, "ms", "mbsync", "less")


def queries(count):
    choose = random.Random(5)
    words = [w for w in b" ".join(letters(50)).decode().split() if w.isalpha() and len(w) > 4]
    for i in range(count):
        word = choose.choice(words)
        yield ("SEARCH", None, *[("BODY", word), ("TEXT", word[1:-1]), ("SUBJECT", word[:4]), ("NOT", "BODY", word),
                                 ("BODY", f'"{word} {choose.choice(words)}"'), ("FROM", word)][i % 6])


def search(ours, peer, count):
    def latencies(connection):
        connection.select("INBOX", readonly=True)
        times, answers = [], []
        for query in queries(count):
            start = time.perf_counter()
            answers.append(connection.uid(*query)[1])
            times.append((time.perf_counter() - start) * 1e3)
        return sorted(times), answers
    mine, our_answers = latencies(ours)
    theirs, their_answers = latencies(peer)
    row("SEARCH, median", statistics.median(mine), statistics.median(theirs), "ms", "Dovecot without index", "less")
    row("SEARCH, 95th percentile", mine[int(count * 0.95)], theirs[int(count * 0.95)], "ms", "Dovecot without index", "less")
    same = sum([len(a[0].split()) == len(b[0].split()) for a, b in zip(our_answers, their_answers)])
    print(f"{'SEARCH, equal answers':<34} {same:>10} of {count}")


def fetch(ours, peer, count):
    def rate(connection):
        connection.select("INBOX", readonly=True)
        start = time.perf_counter()
        answer = connection.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
        assert sum(isinstance(p, tuple) for p in answer) == count
        return count / (time.perf_counter() - start)
    row("FETCH of all bodies, TLS", rate(ours), rate(peer), "msg/s", "Dovecot", "more")


def index(index_bench, folder, source):
    """The indexer by itself: on one core and on all, and the same terms in a bare Xapian database."""
    data = folder / "index-bench"
    def step(*arguments, cores=()):
        said = subprocess.run([*cores, index_bench, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
        print(said, end="")
        return [float(said.split(word)[1].split()[0]) for word in (" wall ", " CPU ") if word in said]
    step("fill", data, source)
    one, _ = step("index", data, 1, cores=("taskset", "--cpu-list", "0"))
    together, cpu = step("index", data, os.cpu_count())
    _, bare = step("raw", data)
    print(f"{'indexing, CPU':<34} {cpu / bare:>10.2f} of bare Xapian's")
    print(f"{'indexing, wall on all cores':<34} {together / one:>10.2f} of that on one")
    step("fresh", data, 300)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--index-bench", required=True)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--queries", type=int, default=60)
    arguments = parser.parse_args()
    os.environ["MAILHOLD_PROGRAM"] = str(pathlib.Path(arguments.program).resolve())
    with harness.work_folder() as folder:
        origin = harness.Origin(folder / "origin")
        index(arguments.index_bench, folder, pathlib.Path(__file__).resolve().parents[1] / "data" / "mail")
        print(f"making {arguments.messages} messages")
        origin.deliver("alice", "INBOX", letters(arguments.messages), flags="S")
        with origin:
            origin.imap("alice").select("INBOX", readonly=True)  # its index is made before anything is timed
            mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin, segment_mib=256)
            mirror(folder, origin, mailhold, arguments.messages)
            with mailhold:
                search(mailhold.imap("alice"), origin.imap("alice"), arguments.queries)
                fetch(mailhold.imap("alice"), origin.imap("alice"), arguments.messages)


if __name__ == "__main__":
    main()
