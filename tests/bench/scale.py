#!/usr/bin/env python3
"""How search grows: archives of made mail, from 20,000 messages to as many as asked for, each indexed without a network,
then served and searched over IMAP with TLS by one connection and by 32. Nothing is compared with a peer here: none was
seen to reach these sizes. Read the growth, not the milliseconds."""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402


def words_of(connection, count, choose):
    """Words of some messages: (common, middling, rare), and pairs that stand side by side."""
    uids = ",".join(str(choose.randint(1, count)) for _ in range(60))
    answer = connection.uid("FETCH", uids, "(BODY.PEEK[TEXT])")[1]
    bodies = [re.findall("[a-z]+", part[1].decode()) for part in answer if isinstance(part, tuple)]
    seen = {}
    for body in bodies:
        for word in body:
            seen[word] = seen.get(word, 0) + 1
    ranked = sorted((w for w in seen if len(w) > 4), key=seen.get, reverse=True)
    pairs = [(a, b) for body in bodies for a, b in zip(body, body[1:]) if len(a) > 3 and len(b) > 3]
    return ranked[:60], ranked[len(ranked) // 4:len(ranked) // 2], ranked[-400:], pairs


def queries(connection, count, per_kind):
    choose = random.Random(17)
    common, middling, rare, pairs = words_of(connection, count, choose)
    def some(words):
        return choose.choice(words)
    kinds = {
        "body, rare word": lambda: ("BODY", some(rare)),
        "body, middling word": lambda: ("BODY", some(middling)),
        "body, common word": lambda: ("BODY", some(common)),
        "body, middle of a word": lambda: ("BODY", some(middling)[1:-1]),
        "body, two words": lambda: ("BODY", '"%s %s"' % choose.choice(pairs)),
        "body, absent": lambda: ("BODY", "qqxz" + some(rare)[:3]),
        "text, rare word": lambda: ("TEXT", some(rare)),
        "text, middling word": lambda: ("TEXT", some(middling)),
        "text, absent": lambda: ("TEXT", "xqqz" + some(rare)[:3]),
        "subject": lambda: ("SUBJECT", some(middling)),
        "from": lambda: ("FROM", some(middling)),
        "message-id": lambda: ("HEADER", "Message-ID", f'"<{choose.randint(1, count):x}."'),
        "flag and word": lambda: ("UNSEEN", "BODY", some(middling)),
        "uids and word": lambda: ("UID", f"{count // 2}:{count // 2 + count // 100}", "TEXT", some(common)),
        "not": lambda: ("NOT", "FROM", some(middling), "BODY", some(rare)),
        "or": lambda: ("OR", "SUBJECT", some(middling), "BODY", some(rare)),
    }
    return {kind: [make() for _ in range(per_kind)] for kind, make in kinds.items()}


def timed(connection, query):
    start = time.perf_counter()
    status, answer = connection.uid("SEARCH", "RETURN", "(COUNT)", *query)
    assert status == "OK", answer
    connection.response("ESEARCH")
    return (time.perf_counter() - start) * 1e3


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def throughput(mailhold, asked, connections, seconds):
    done, times, stop = [0] * connections, [], time.time() + seconds
    flat = [query for some in asked.values() for query in some]
    def client(i):
        connection = mailhold.imap("alice")
        connection.select("INBOX", readonly=True)
        choose = random.Random(i)
        while time.time() < stop:
            times.append(timed(connection, choose.choice(flat)))
            done[i] += 1
        connection.logout()
    clients = [threading.Thread(target=client, args=(i,)) for i in range(connections)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return sum(done) / seconds, times


def memory_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return tuple(int(re.search(field + r":\s+(\d+)", status).group(1)) / 1024 for field in ("RssAnon", "VmRSS"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--index-bench", required=True)
    parser.add_argument("--sizes", default="20000,200000", help="message counts, ascending; the archive grows from one to the next")
    parser.add_argument("--per-kind", type=int, default=12)
    parser.add_argument("--folder", help="keep the archive here (for large sizes: about 10 GB for 1,000,000 messages)")
    arguments = parser.parse_args()
    os.environ["MAILHOLD_PROGRAM"] = str(pathlib.Path(arguments.program).resolve())
    with harness.work_folder() as scratch:
        folder = pathlib.Path(arguments.folder or scratch / "scale")
        mailhold = harness.Mailhold(folder, ["alice"], segment_mib=256)
        for count in map(int, arguments.sizes.split(",")):
            for step in (["fill", mailhold.data, str(count)], ["index", mailhold.data, "2"]):
                subprocess.run([arguments.index_bench, *step], check=True)
            with mailhold:
                connection = mailhold.imap("alice")
                start = time.perf_counter()
                connection.select("INBOX", readonly=True)
                print(f"{count} messages: first SELECT {(time.perf_counter() - start) * 1e3:.0f} ms", flush=True)
                asked = queries(connection, count, arguments.per_kind)
                times = {kind: [timed(connection, query) for query in some] for kind, some in asked.items()}
                every = [t for some in times.values() for t in some]
                for kind, some in times.items():
                    print(f"  {kind:<24} median {percentile(some, 0.5):8.1f} ms   most {max(some):8.1f} ms")
                print(f"  {'one connection':<24} p50 {percentile(every, 0.5):.1f} ms, p99 {percentile(every, 0.99):.1f} ms", flush=True)
                rate, many = throughput(mailhold, asked, 32, 10)
                print(f"  {'32 connections':<24} {rate:.0f} queries/s, p50 {percentile(many, 0.5):.1f} ms, p99 {percentile(many, 0.99):.1f} ms")
                sessions = [mailhold.imap("alice") for _ in range(100)]
                for session in sessions:
                    session.select("INBOX", readonly=True)
                anonymous, resident = memory_mib(mailhold.process.pid)
                print(f"  {'100 sessions':<24} {anonymous:.0f} MiB anonymous memory, {resident:.0f} MiB resident", flush=True)


if __name__ == "__main__":
    main()
