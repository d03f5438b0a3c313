#!/usr/bin/env python3
"""The endpoint, beside a private Dovecot with the same messages in one run: machines are noisy, so read the ratios.
  idle        memory for each idle connection: over TLS, a mailbox selected (PSS; of Dovecot, of all its processes)
  envelopes   FETCH 1:* (UID FLAGS ENVELOPE)
  bodies      download of all bodies, in plain and over TLS
  select      SELECT of the mailbox for the first time, and again
  list        LIST-STATUS of many mailboxes, of a new connection and again
  push        a new message until each of many idle connections was told"""
import argparse
import contextlib
import os
import pathlib
import re
import select
import socket
import ssl
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402
import run  # noqa: E402


class Line:
    """A client that reads fast and parses nothing."""

    def __init__(self, server, tls=True, user="alice"):
        self.socket = socket.create_connection(("127.0.0.1", server.tls_port if tls else server.port), 60)
        if tls:
            context = ssl.create_default_context(cafile=server.ca_file) if isinstance(server, harness.Origin) else server.context()
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.rest = b""
        self.line("* OK ")
        self.ask(f"LOGIN {user} {harness.PASSWORD}")

    def line(self, begin):
        """All octets up to the end of the first line that begins so. Searched with find() alone: a pattern is looked for
        at less than a server's speed."""
        begin, parts, tail = b"\r\n" + begin.encode(), [], b"\r\n" + self.rest
        while (at := tail.find(begin)) < 0 or (end := tail.find(b"\r\n", at + 2)) < 0:
            if at < 0:
                keep = len(tail) - len(begin)
                if keep > 0:
                    parts.append(tail[:keep])
                    tail = tail[keep:]
            tail += self.receive()
        parts.append(tail[:end + 2])
        self.rest = tail[end + 2:]
        return b"".join(parts)[2:]

    def receive(self):
        octets = self.socket.recv(1 << 18)
        assert octets, "the server hung up"
        return octets

    def send(self, text):
        self.socket.sendall(text.encode())

    def ask(self, command):
        self.send(f"x7q {command}\r\n")  # a tag that no mail has at a line's beginning
        answer = self.line("x7q ")
        assert b"x7q OK " in answer[-1000:], answer[-300:]
        return answer

    def timed(self, command):
        start = time.perf_counter()
        answer = self.ask(command)
        return time.perf_counter() - start, answer

    def fetch(self, items):
        """Seconds, and how many messages came. Keeps nothing: to keep it all takes longer than a server needs to send it."""
        mark, messages, last = b" FETCH (", 0, b""
        room = memoryview(bytearray(1 << 18))
        start = time.perf_counter()
        self.send(f"x7q FETCH 1:* ({items})\r\n")
        while True:
            octets = self.socket.recv_into(room)
            assert octets, "the server hung up"
            came = last + room[:octets]
            messages += came.count(mark) - last.count(mark)
            last = came[-200:]
            if last.endswith(b"\r\n") and b"\r\nx7q OK " in last:
                return time.perf_counter() - start, messages

    def close(self):
        self.socket.close()


def pss(processes):
    """KiB that these processes take, what they share counted once."""
    total = 0
    for pid in processes:
        with contextlib.suppress(OSError):
            total += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M).group(1))
    return total


def family(pid):
    """A process and all that come of it."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
    members = {pid}
    while more := {child for child, parent in parents.items() if parent in members} - members:
        members |= more
    return members


def idle(ours, peer, count):
    def each(server):
        lines = [Line(server)]
        lines[0].ask("SELECT INBOX")
        before = pss(family(server.process.pid))
        for _ in range(count):
            lines.append(Line(server))
            lines[-1].ask("SELECT INBOX")
            lines[-1].send("i IDLE\r\n")
            lines[-1].line("+ ")
        time.sleep(1)  # until what is freed is given back
        after = pss(family(server.process.pid))
        for line in lines:
            line.close()
        return (after - before) / count
    run.row(f"memory, each of {count} idle", each(ours), each(peer), "KiB", "Dovecot", "less")


def envelopes(ours, peer, count):
    def rate(server):
        line = Line(server, tls=False)
        line.ask("EXAMINE INBOX")
        took, came = min(line.fetch("UID FLAGS ENVELOPE") for _ in range(3))
        assert came == count
        line.close()
        return count / took
    run.row("FETCH of UID FLAGS ENVELOPE", rate(ours), rate(peer), "msg/s", "Dovecot", "more")


def bodies(ours, peer, count):
    for tls in (False, True):
        def rate(server):
            line = Line(server, tls)
            line.ask("EXAMINE INBOX")
            took, came = min(line.fetch("BODY.PEEK[]") for _ in range(3))
            assert came == count
            line.close()
            return count / took
        run.row(f"bodies, {'TLS' if tls else 'plain'}", rate(ours), rate(peer), "msg/s", "Dovecot", "more")


def selects(ours, peer):
    def times(server):
        line = Line(server)
        first, _ = line.timed("EXAMINE INBOX")
        again = [line.timed("EXAMINE INBOX")[0] for _ in range(9)]
        line.close()
        return first * 1e3, statistics.median(again) * 1e3
    mine, theirs = times(ours), times(peer)
    for what, at in (("SELECT, first", 0), ("SELECT, warm", 1)):
        run.row(what, mine[at], theirs[at], "ms", "Dovecot", "less")


def list_status(folder, peer, count):
    """The peer's Maildirs of a user of their own, and an archive that they were imported into."""
    home = peer.folder / "home/many/Maildir"
    peer.deliver("many", "box0", run.letters(4))
    peer.deliver("many", "INBOX", run.letters(1))
    subprocess.run(["sh", "-c", 'for n in $(seq $1); do cp -a .box0 .box$n; done', "sh", str(count - 2)], cwd=home, check=True)
    ours = harness.Mailhold(folder / "many", [], users={"many": ["many"]}, segment_mib=256)
    ours.run("import", "many", home)

    def times(server):
        line = Line(server, user="many")
        took = []
        for _ in range(10):
            seconds, answer = line.timed('LIST "" "*" RETURN (STATUS (MESSAGES UNSEEN UIDNEXT))')
            assert answer.count(b"(MESSAGES 4 ") >= count - 1, answer[-500:]
            took.append(seconds * 1e3)
        line.close()
        return took[0], statistics.median(took[1:])
    line = Line(peer, user="many")
    for n in range(count - 1):
        line.ask(f"STATUS box{n} (MESSAGES)")  # its indexes are made before anything is timed
    line.close()
    with ours:
        mine, theirs = times(ours), times(peer)
    for what, at in (("first", 0), ("again", 1)):
        run.row(f"LIST-STATUS of {count}, {what}", mine[at], theirs[at], "ms", "Dovecot", "less")


def push(ours, peer, idlers, rounds):
    def latencies(server, mailbox):
        writer, lines, times = Line(server), [], []
        for _ in range(idlers):
            line = Line(server)
            line.ask(f"SELECT {mailbox}")
            line.send("i IDLE\r\n")
            line.line("+ ")
            lines.append(line)
        of_socket = {line.socket.fileno(): line for line in lines}
        poll = select.epoll()
        for number in of_socket:
            poll.register(number, select.EPOLLIN)
        for n in range(rounds):
            mail = f"Subject: pushed {n}\r\n\r\nnew\r\n"
            start = time.perf_counter()
            writer.send(f"x7q APPEND {mailbox} {{{len(mail)}}}\r\n")
            writer.line("+ ")
            writer.send(mail + "\r\n")
            untold = set(of_socket)
            while untold:
                assert time.perf_counter() < start + 60, "nobody was told"
                for number, _ in poll.poll(1):
                    line = of_socket[number]
                    line.rest += line.receive()
                    if number in untold and re.search(rb"\* \d+ EXISTS\r\n", line.rest):
                        line.rest = b""
                        untold.discard(number)
                        times.append((time.perf_counter() - start) * 1e3)
            writer.line("x7q OK ")
        for line in [writer, *lines]:
            line.close()
        return sorted(times)
    line = Line(ours)
    line.ask("CREATE Workspaces/push")
    mine, theirs = latencies(ours, "Workspaces/push"), latencies(peer, "INBOX")
    for share in (50, 99):
        at = min(len(mine) - 1, len(mine) * share // 100)
        run.row(f"APPEND to push, {idlers} idle, p{share}", mine[at], theirs[at], "ms", "Dovecot", "less")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("what", nargs="*", help="of those above (default: all)")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--idle", type=int, default=1_000, help="connections (default 1000)")
    parser.add_argument("--peer-idle", type=int, default=1_000, help="most processes of the peer's for them (default 1000)")
    parser.add_argument("--mailboxes", type=int, default=5_000, help="that are listed (default 5000)")
    parser.add_argument("--rounds", type=int, default=10, help="messages that are pushed (default 10)")
    arguments = parser.parse_args()
    os.environ["MAILHOLD_PROGRAM"] = str(pathlib.Path(arguments.program).resolve())
    with harness.work_folder() as folder:
        processes = arguments.peer_idle + 50
        origin = harness.Origin(folder / "origin", extra=f"""
disable_plaintext_auth = no
mail_max_userip_connections = {processes}
default_client_limit = {8 * processes}
service imap {{
  process_limit = {processes}
}}
service imap-login {{
  process_limit = {processes}
}}
""")
        origin.deliver("alice", "INBOX", run.letters(arguments.messages), flags="S")
        mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin, segment_mib=256)
        mailhold.config.write_text(mailhold.config.read_text().replace("[imap]\n", "[imap]\nallow_plaintext_login = true\nconnections_per_user = 100000\n"))
        with origin, mailhold:
            def is_ready():
                now = mailhold.metrics()
                return f"mailhold_messages {arguments.messages}\n" in now and "mailhold_index_lag_messages 0\n" in now
            harness.wait_for(is_ready, 1200, "the mirror and its index")
            steps = {"select": lambda: selects(mailhold, origin),
                     "envelopes": lambda: envelopes(mailhold, origin, arguments.messages),
                     "bodies": lambda: bodies(mailhold, origin, arguments.messages),
                     "idle": lambda: idle(mailhold, origin, arguments.idle),
                     "list": lambda: list_status(folder, origin, arguments.mailboxes),
                     "push": lambda: push(mailhold, origin, arguments.idle, arguments.rounds)}
            for name, step in steps.items():
                if name in (arguments.what or steps):
                    step()


if __name__ == "__main__":
    main()
