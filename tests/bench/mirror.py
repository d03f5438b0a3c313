#!/usr/bin/env python3
"""The mirror, from a Dovecot over TLS on the same machine, durable; beside mbsync (with its fsync) and a bare FETCH that
throws the messages away:
  first mirror     messages a second, and CPU of the mirror's own threads (the index's are told apart)
  nothing new      a pass over 50 mailboxes
  origin to found  a new message at the origin until a local SEARCH finds it: from Dovecot's answer to APPEND (it waits half a
                   second before it tells whoever idles), and from the EXISTS of an origin that tells at once (of an
                   INBOX with all the messages)
  memory           100 accounts of 20 mailboxes, watched
  disk             ledger and catalog of the sample mail (index left out), by its octets"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402
import prompt_origin  # noqa: E402
import run  # noqa: E402

MAILBOXES = 50


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def thread_seconds(pid):
    """CPU seconds by the names of a process's threads."""
    seconds = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name, fields = re.match(r"\d+ \((.*)\) (.*)", (task / "stat").read_text(), re.S).groups()
        fields = fields.split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        seconds[name] = seconds.get(name, 0) + used
    return seconds


def is_index(thread):
    return thread in ("index", "parse") or thread.startswith("index-")


def bare_fetch(origin, mailboxes):
    """What the line and the server can give to somebody who asks for all at once and keeps nothing."""
    connection = origin.imap("alice")
    start = time.perf_counter()
    for mailbox in mailboxes:
        connection.select(mailbox, readonly=True)
        connection.send(b"all FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])\r\n")
        rest = b""
        while not re.search(rb"\r\nall OK [^\r]*\r\n$", rest):
            rest = rest[-256:] + connection.sock.recv(1 << 18)
    return time.perf_counter() - start


def mbsync(folder, origin):
    (folder / "mbsync").mkdir()
    config = folder / "mbsyncrc"
    config.write_text(f"""
FSync yes
IMAPStore remote
Host localhost
Port {origin.tls_port}
User alice
Pass {harness.PASSWORD}
SSLType IMAPS
CertificateFile {origin.ca_file}

MaildirStore local
SubFolders Verbatim
Path {folder}/mbsync/
Inbox {folder}/mbsync/INBOX

Channel pull
Far :remote:
Near :local:
Patterns *
Create Near
Sync Pull
SyncState *
""")
    return ["mbsync", "-c", config, "pull"]


def first_mirror(folder, origin, mailboxes, count):
    command = mbsync(folder, origin)
    mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin, segment_mib=256)
    bare = bare_fetch(origin, mailboxes)
    start = time.perf_counter()
    with mailhold:
        harness.wait_for(lambda: f"mailhold_messages {count}" in mailhold.metrics(), 1200, "the first mirror")
        wall = time.perf_counter() - start
        threads = thread_seconds(mailhold.process.pid)
    peer_wall, peer_cpu = run.timed(command)
    own = sum(used for name, used in threads.items() if not is_index(name))
    run.row("first mirror, indexed meanwhile", count / wall, count / peer_wall, "msg/s", "mbsync", "more")
    print(f"{'':<34} {count / bare:>10.1f} msg/s  a bare FETCH; {bare / wall:.2f} of it")
    run.row("mirror's CPU for 10,000 messages", own / count * 1e4, peer_cpu / count * 1e4, "s", "mbsync", "less")
    mailhold.run("sync")  # what is still to be indexed
    wall, _ = run.timed([harness.program(), "sync", "--config", mailhold.config])
    peer_wall, _ = run.timed(command)
    run.row(f"nothing new, {MAILBOXES} mailboxes", wall * 1e3, peer_wall * 1e3, "ms", "mbsync", "less")
    return mailhold


def origin_to_found(name, add, mailhold, rounds):
    """`add` puts a message into the origin's INBOX, and gives the moment from which it counts."""
    with mailhold:
        harness.wait_for(lambda: mailhold.status()["accounts"][0]["mirror"]["state"] == "watching", 120, "a first pass")
        time.sleep(1)  # until its INBOX is watched
        here, times = mailhold.imap("alice"), []
        here.select("INBOX", readonly=True)
        for n in range(rounds):
            start = add(f"From: a@b\nSubject: late\nMessage-ID: <late{n}@x>\n\nlate{n}late\n".encode())
            while not here.uid("SEARCH", "BODY", f"late{n}late")[1][0]:
                assert time.perf_counter() < start + 60, "not found"
            times.append((time.perf_counter() - start) * 1e3)
    print(f"{f'origin to found, {name}':<34} {percentile(times, .5):>10.1f} ms     p50, p99 {percentile(times, .99):.1f} ms")


def from_dovecot(origin, mailhold, rounds):
    there = origin.imap("alice")

    def add(octets):
        there.append("INBOX", "", None, octets)
        return time.perf_counter()
    origin_to_found("Dovecot", add, mailhold, rounds)


def from_one_that_tells_at_once(folder, mails, rounds):
    origin = prompt_origin.PromptOrigin(folder / "prompt", mails)
    mailhold = harness.Mailhold(folder / "told", ["alice"], origin, segment_mib=256)
    mailhold.run("sync")
    origin_to_found("told at once", origin.add, mailhold, rounds)


def memory(folder, accounts):
    origin = harness.Origin(folder / "many", extra="service imap {\n process_limit = 4096\n}\nservice imap-login {\n"
                            " process_limit = 4096\n}\ndefault_client_limit = 8192\n")
    names = [f"user{n}" for n in range(accounts)]
    for mailbox in ["INBOX", *(f"box{n}" for n in range(19))]:
        origin.deliver(names[0], mailbox, [f"Subject: {mailbox}\n\nx\n".encode()])
    homes = origin.folder / "home"
    for name in names[1:]:
        subprocess.run(["cp", "-a", homes / names[0], homes / name], check=True)
    mailhold = harness.Mailhold(folder / "watching", names, origin, segment_mib=256)
    with origin, mailhold:
        def all_there():
            return len(re.findall(r'^mailhold_account_messages\{account="user\d+"\} 20$', mailhold.metrics(), re.M)) == accounts
        harness.wait_for(all_there, 600, "all accounts")
        time.sleep(5)
        status = pathlib.Path(f"/proc/{mailhold.process.pid}/status").read_text()
        anonymous, resident = (int(re.search(field + r":\s+(\d+)", status).group(1)) / 1024 for field in ("RssAnon", "VmRSS"))
    print(f"{f'memory, {accounts} accounts watched':<34} {resident:>10.1f} MiB    resident, {anonymous:.1f} anonymous")


def disk(folder):
    sample = pathlib.Path(__file__).resolve().parents[1] / "data" / "mail"
    paths = [p for p in sample.rglob("*.eml")]
    mailhold = harness.Mailhold(folder / "disk", [], segment_mib=256)
    mailhold.run("import", "sample", sample)
    used = sum(p.stat().st_size for p in mailhold.data.rglob("*") if p.is_file() and "index" not in p.relative_to(mailhold.data).parts)
    octets = sum(p.stat().st_size for p in paths)
    print(f"{'disk, without the index':<34} {used / octets:>10.2f}        of {octets} octets of mail")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--accounts", type=int, default=100)
    arguments = parser.parse_args()
    os.environ["MAILHOLD_PROGRAM"] = str(pathlib.Path(arguments.program).resolve())
    with harness.work_folder() as folder:
        disk(folder)
        origin = harness.Origin(folder / "origin")
        mailboxes = ["INBOX", *(f"box{n}" for n in range(MAILBOXES - 1))]
        mails = list(run.letters(arguments.messages))
        share = -(-len(mails) // MAILBOXES)
        for n, mailbox in enumerate(mailboxes):
            origin.deliver("alice", mailbox, mails[n * share:(n + 1) * share], flags="S")
        with origin:
            for mailbox in mailboxes:  # their indexes are made before anything is timed
                origin.imap("alice").select(mailbox, readonly=True)
            mailhold = first_mirror(folder, origin, mailboxes, len(mails))
            from_dovecot(origin, mailhold, arguments.rounds)
        from_one_that_tells_at_once(folder, mails, arguments.rounds)
        memory(folder, arguments.accounts)


if __name__ == "__main__":
    main()
