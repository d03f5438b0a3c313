"""kill -9 while mirroring, and while the catalog is made anew: at every fail point, and at random moments. Afterwards the
archive starts by itself, verifies, has lost nothing that was acknowledged, stores nothing twice, and ends up as if nothing
had happened."""
import os
import pathlib
import random
import re
import signal
import string
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402

RANDOM_KILLS = int(os.environ.get("MAILHOLD_RANDOM_KILLS", "10"))
CATALOG_POINTS = ("catalog.apply", "catalog.commit", "catalog.before_rename", "file.rename")
MESSAGES = int(os.environ.get("MAILHOLD_CRASH_MESSAGES", "600"))


def letter(n):
    """A small message of its own, deterministic."""
    words = random.Random(n)
    text = "\n".join("".join(words.choices(string.ascii_letters + string.digits, k=70)) for _ in range(60))
    return f"From: a{n}@example.org\nSubject: letter {n}\nMessage-ID: <{n}@example.org>\n\n{text}\n".encode()


def fail_points():
    """Every place that store/ names for this."""
    header = (harness.ROOT / "store/ledger/fail_points.hpp").read_text()
    listed = re.findall(r'^    "([a-z._]+)",', header, re.M)
    assert len(listed) >= 11, listed
    return listed


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        cls.folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        cls.origin = harness.Origin(cls.folder / "origin")
        letters = [letter(n) for n in range(MESSAGES)]
        cls.origin.deliver("alice", "INBOX", letters)
        cls.origin.deliver("alice", "Copies", letters[::10])
        cls.origin.start()
        cls.addClassCleanup(cls.origin.stop)
        whole = harness.Mailhold(cls.folder / "whole", ["alice"], cls.origin)
        whole.run("sync")
        cls.expected = cls.content(whole)

    @staticmethod
    def content(mailhold):
        """What a mail program sees: each mailbox's digests, however its UIDs came about."""
        with mailhold:
            here = mailhold.imap("alice")
            return {m: sorted(harness.digests(here, m).values()) for m in ("INBOX", "alice/Copies", "All mail/alice")}

    def acknowledged(self, mailhold):
        """How many distinct messages a reader can see right now."""
        done = mailhold.run("status", "--json", check=False, text=True)
        found = re.search(r'"messages": ?(\d+)', done.stdout)
        return int(found.group(1)) if found else 0

    def recovers(self, mailhold, at_least):
        done = mailhold.run("sync", check=False, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = mailhold.run("verify", check=False, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreaterEqual(self.acknowledged(mailhold), at_least)
        self.assertEqual(self.content(mailhold), self.expected)

    def test_killed_at_every_fail_point(self):
        for point in fail_points():
            for reach in (1, 3):
                with self.subTest(point=point, reach=reach):
                    mailhold = harness.Mailhold(self.folder / f"{point}-{reach}", ["alice"], self.origin)
                    armed = {"MAILHOLD_FAILPOINT": f"{point}:{reach}:kill"}
                    done = mailhold.run("sync", check=False, environment=armed)
                    if reach == 1:
                        self.assertEqual(done.returncode, -signal.SIGKILL, f"{point} was never reached")
                    self.recovers(mailhold, self.acknowledged(mailhold))

    def test_a_full_disk_or_a_failing_one_loses_nothing(self):
        for action in ("no_space", "error"):
            for point in ("file.write", "file.sync"):
                with self.subTest(action=action, point=point):
                    mailhold = harness.Mailhold(self.folder / f"{point}-{action}", ["alice"], self.origin)
                    armed = {"MAILHOLD_FAILPOINT": f"{point}:8:{action}"}
                    done = mailhold.run("sync", check=False, environment=armed)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.recovers(mailhold, self.acknowledged(mailhold))

    def mirrored(self, name):
        """A whole archive of its own to work on."""
        mailhold = harness.Mailhold(self.folder / name, ["alice"], self.origin)
        mailhold.run("sync")
        return mailhold

    def killed(self, mailhold, command, point, reach=1):
        done = mailhold.run(command, check=False, environment={"MAILHOLD_FAILPOINT": f"{point}:{reach}:kill"})
        self.assertEqual(done.returncode, -signal.SIGKILL, f"{point} was never reached")

    def test_a_rebuild_that_is_killed_leaves_the_catalog_in_use(self):
        mailhold = self.mirrored("rebuild")
        for point in CATALOG_POINTS:
            with self.subTest(point=point):
                self.killed(mailhold, "rebuild", point)
                self.assertEqual(mailhold.run("verify", check=False).returncode, 0)
                self.assertEqual(self.acknowledged(mailhold), MESSAGES)
        mailhold.run("rebuild")
        self.recovers(mailhold, MESSAGES)

    def test_killed_while_a_damaged_or_foreign_catalog_is_made_anew(self):
        foreign = harness.settled(self.mirrored("foreign").data / "catalog.sqlite").read_bytes()
        mailhold = self.mirrored("anew")
        catalog = mailhold.data / "catalog.sqlite"
        for how in (b"x" * 50_000, foreign, None):
            for point in CATALOG_POINTS:
                with self.subTest(how=how and how[:8], point=point):
                    harness.settled(catalog).unlink()
                    if how is not None:
                        catalog.write_bytes(how)
                    self.killed(mailhold, "sync", point)
                    self.assertEqual(mailhold.run("verify", check=False).returncode, 1)
                    self.recovers(mailhold, MESSAGES)

    def test_killed_at_random_moments(self):
        moments = random.Random(1)
        rounds = kills = 0
        while kills < RANDOM_KILLS:
            rounds += 1
            mailhold = harness.Mailhold(self.folder / f"random-{rounds}", ["alice"], self.origin)
            seen = 0
            while seen < MESSAGES and kills < RANDOM_KILLS:
                process = subprocess.Popen([harness.program(), "sync", "--config", mailhold.config],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(moments.uniform(0.02, 0.4))
                process.kill()
                process.wait()
                kills += 1
                now = self.acknowledged(mailhold)
                self.assertGreaterEqual(now, seen, "an acknowledged message is gone")
                seen = now
            self.recovers(mailhold, seen)
        print(f"{kills} kills, {rounds} archives of {MESSAGES} messages", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
