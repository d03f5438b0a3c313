"""A mirror under fire: in each round the origin changes, also while it is being mirrored, and something breaks: the line
(closed, or without a word: for root, by a network namespace that the mirror is alone in), the server, the mirror
(kill -9), or the disk (full). In the end the archive is complete, verified, and what the origin is.
`fault_run.py ROUNDS [SEED]`; the seed is printed, so that a run can be had again."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402

MAILBOXES = ("INBOX", "Work", "Archive")


class Line:
    """A way to the origin that breaks off after so many octets of what the origin says; None: never."""

    def __init__(self, address, to):
        self.to, self.budget = to, None
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.to), 2)
            except OSError:
                client.close()
                continue
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source, sink, counted):
        with contextlib.suppress(OSError):
            while data := source.recv(16384):
                if counted and self.budget is not None:
                    data, self.budget = data[:self.budget], self.budget - len(data)
                sink.sendall(data)
                if counted and self.budget is not None and self.budget <= 0:
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Cable:
    """A network namespace whose only way out, to what "localhost" is there, can be unplugged: octets then just stay away."""

    name = f"mailhold-{os.getpid()}"
    hosts = pathlib.Path("/etc/netns") / name / "hosts"

    def __init__(self):
        self.end, there = f"mh{os.getpid()}a", f"mh{os.getpid()}b"
        here = f"198.18.{os.getpid() // 250 % 250}.{os.getpid() % 250}"  # of the block for tests of networks, RFC 2544
        beyond = f"198.19.{here.split('.', 2)[2]}"
        self._ip("netns", "add", self.name)
        self._ip("link", "add", self.end, "type", "veth", "peer", "name", there, "netns", self.name)
        self._ip("addr", "add", here, "peer", beyond, "dev", self.end)
        self._ip("-n", self.name, "addr", "add", beyond, "peer", here, "dev", there)
        self._ip("-n", self.name, "link", "set", there, "up")
        self.plug("up")
        self.hosts.parent.mkdir(parents=True)
        self.hosts.write_text(f"{here} localhost\n")

    @staticmethod
    def _ip(*words):
        subprocess.run(["ip", *words], check=True, capture_output=True)

    @classmethod
    def laid(cls):
        """None where that needs more rights or tools than there are."""
        try:
            return cls()
        except (OSError, subprocess.CalledProcessError) as problem:
            cls.remove()
            print(f"no network namespace, so no line is unplugged: {problem}", flush=True)

    def plug(self, state):
        self._ip("link", "set", self.end, state)

    def inside(self, command):
        return ["ip", "netns", "exec", self.name, *command]

    @classmethod
    def remove(cls):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            cls._ip("netns", "del", cls.name)
        shutil.rmtree(cls.hosts.parent, ignore_errors=True)


class Run:
    def __init__(self, folder, seed, cable):
        self.random = random.Random(seed)
        self.cable = cable
        self.count = 0
        self.origin = harness.Origin(folder / "origin")
        self.origin.deliver("alice", "INBOX", [self.letter() for _ in range(120)])
        for mailbox in MAILBOXES[1:]:
            self.origin.deliver("alice", mailbox, [self.letter() for _ in range(20)])
        self.origin.start()
        self.line = Line("" if cable else "127.0.0.1", self.origin.tls_port)
        self.mailhold = harness.Mailhold(folder / "mailhold", ["alice"], self.origin)
        config = self.mailhold.config
        config.write_text(config.read_text().replace(f":{self.origin.tls_port}\"", f":{self.line.port}\"\ntimeout_seconds = 5"))
        self.archived = 0
        self.broken = {}

    def letter(self):
        self.count += 1
        size = self.random.choice((200, 2_000, 2_000, 20_000, 120_000))
        text = "".join(self.random.choices("abcdefghij \n", k=size))
        return f"Subject: letter {self.count}\r\n\r\n".encode() + text.encode().replace(b"\n", b"\r\n")

    def change(self, steps):
        """Appends, expunges, moves and flags, as a mail program does."""
        with contextlib.suppress(Exception):  # the server may be the one that breaks
            program = self.origin.imap("alice")
            for _ in range(steps):
                mailbox = self.random.choice(MAILBOXES)
                messages = int(program.select(mailbox)[1][0])
                some = str(self.random.randint(1, max(messages, 1)))
                what = self.random.choice(("append", "append", "append", "expunge", "move", "flag", "copy"))
                if what == "append" or messages == 0:
                    program.append(mailbox, "", None, self.letter())
                elif what == "flag":
                    program.store(some, "+FLAGS", self.random.choice((r"(\Seen)", r"(\Flagged)", "(work)")))
                else:
                    if what != "expunge":
                        program.copy(some, self.random.choice(MAILBOXES))
                    if what != "copy":
                        program.store(some, "+FLAGS", r"(\Deleted)")
                        program.expunge()
            program.logout()

    def mirror(self, environment=None):
        command = [harness.program(), "sync", "--config", self.mailhold.config]
        return subprocess.Popen(self.cable.inside(command) if self.cable else command,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                env={**os.environ, **(environment or {})})

    def kill_server(self):
        master = self.origin.process
        os.kill(master.pid, signal.SIGSTOP)
        os.waitpid(master.pid, os.WUNTRACED)  # from now on it makes no more of them
        children = [int(path.parent.name) for path in pathlib.Path("/proc").glob("[0-9]*/stat")
                    if self.life(path)[1:] == [str(master.pid)]]
        for process in (master.pid, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        master.wait()
        for process in children:  # a new server takes what sockets they have for those of another one
            harness.wait_for(lambda: self.life(f"/proc/{process}/stat")[:1] in ([], ["Z"]), what="their end")
        self.origin.log.close()

    @staticmethod
    def life(stat):
        """A process' state and its parent; nothing where there is none."""
        with contextlib.suppress(OSError):
            return pathlib.Path(stat).read_text().rsplit(")", 1)[1].split()[:2]
        return []

    def round(self):
        fault = self.random.choice(("cut", "unplugged" if self.cable else "cut", "server", "mirror", "disk", "none"))
        self.broken[fault] = self.broken.get(fault, 0) + 1
        self.change(self.random.randint(1, 12))
        self.line.budget = self.random.randint(0, 400_000) if fault == "cut" else None
        full = {"MAILHOLD_FAILPOINT": f"file.write:{self.random.randint(1, 40)}:no_space"} if fault == "disk" else None
        mirror = self.mirror(full)
        meanwhile = threading.Thread(target=self.change, args=(self.random.randint(0, 6),))
        meanwhile.start()
        if fault in ("server", "mirror", "unplugged"):
            time.sleep(self.random.uniform(0, 0.3))
        if fault == "server":
            self.kill_server()
        if fault == "mirror":
            mirror.kill()
        if fault == "unplugged":
            self.cable.plug("down")
            with contextlib.suppress(subprocess.TimeoutExpired):  # some are plugged in again while it waits
                mirror.wait(self.random.choice((0.2, 1, 120)))
            self.cable.plug("up")
        mirror.wait(120)
        meanwhile.join()
        if fault == "server":
            self.origin.start()
        self.line.budget = None
        now = json.loads(self.mailhold.run("status", "--json", check=False).stdout or b"{}").get("messages", 0)
        assert now >= self.archived, f"{now} messages, and there were {self.archived}"
        self.archived = now

    def ends_well(self):
        done = self.mailhold.run("reconcile", "--json", check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        done = self.mailhold.run("verify", check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(self.mailhold.run("report", "completeness", "--json").stdout)
        assert report["complete"], report
        with self.mailhold:
            there, here = self.origin.imap("alice"), self.mailhold.imap("alice")
            for mailbox in MAILBOXES:
                local = mailbox if mailbox == "INBOX" else f"alice/{mailbox}"
                assert sorted(harness.digests(there, mailbox).values()) == sorted(harness.digests(here, local).values()), mailbox
        return report["together"]


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else int(os.environ.get("MAILHOLD_FAULT_ROUNDS", "10"))
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1_000_000)
    print(f"{rounds} rounds, seed {seed}", flush=True)
    with contextlib.ExitStack() as ends:
        folder = ends.enter_context(harness.work_folder())
        if cable := Cable.laid():
            ends.callback(cable.remove)
        run = Run(folder, seed, cable)
        ends.callback(run.origin.stop)
        for _ in range(rounds):
            run.round()
        print(f"broken: {run.broken}\nin the end: {run.ends_well()}")


if __name__ == "__main__":
    main()
