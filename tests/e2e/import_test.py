"""mailhold import: Maildirs, mbox files and trees of messages, octet for octet, whatever interrupts it."""
import collections
import hashlib
import mailbox
import os
import pathlib
import signal
import subprocess
import time
import unittest

import harness


def digest(octets):
    return hashlib.sha256(octets).hexdigest()


class Import(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        self.folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)
        self.mailhold = harness.Mailhold(self.folder / "mailhold", [], users={"alice": ["old"]})
        self.mails = [pathlib.Path(path).read_bytes() for path in harness.sample_mail()]

    def run_import(self, *arguments, **options):
        return self.mailhold.run("import", "old", *map(str, arguments), **options)

    def test_a_tree_of_real_messages_is_served_as_it_was_on_disk(self):
        tree = self.folder / "tree"
        for i, octets in enumerate(self.mails):
            (tree / f"year {i % 3}").mkdir(parents=True, exist_ok=True)
            (tree / f"year {i % 3}" / f"{i:04}.eml").write_bytes(octets)
        said = self.run_import(tree).stdout.decode()
        self.assertIn(f"{len(self.mails):,} messages imported", said)
        self.assertIn("0 messages imported", self.run_import(tree).stdout.decode())
        with self.mailhold:
            connection = self.mailhold.imap("alice")
            for year in range(3):
                self.assertEqual(list(harness.digests(connection, f"old/year {year}").values()),
                                 [digest(octets) for octets in self.mails[year::3]])
            connection.select('"old/year 0"', readonly=True)
            self.assertTrue(connection.uid("SEARCH", "TEXT", "the")[1][0])
        self.mailhold.run("verify")

    def test_killed_again_and_again_it_ends_with_every_message_once(self):
        file = self.folder / "all.mbox"
        box = mailbox.mbox(file)
        for octets in self.mails:
            box.add(octets)  # quotes From lines, and writes LF
        box.close()
        box = mailbox.mbox(file)
        expected = collections.Counter(digest(box.get_bytes(key)) for key in box.keys())
        command = [harness.program(), "import", "old", str(file), "--config", self.mailhold.config]
        kills = 0
        for delay in (0.05, 0.1, 0.15, 0.2, 0.3):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.assertGreater(kills, 0)
        self.run_import(file)
        with self.mailhold:
            served = harness.digests(self.mailhold.imap("alice"), "INBOX")
        self.assertEqual(sum(expected.values()), len(served))
        self.assertEqual(expected, collections.Counter(served.values()))
        self.mailhold.run("verify")

    def test_a_maildir_keeps_folders_flags_and_times_of_arrival(self):
        folder = self.folder / "Maildir"
        for name, flags in (("cur/1.a:2,FS", "\\Flagged \\Seen"), ("new/2.a", ""), (".Sent.2024/cur/3.a:2,R", "\\Answered")):
            path = folder / name
            for part in ("cur", "new", "tmp"):
                (path.parent.parent / part).mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"Subject: " + name.encode() + b"\r\n\r\n.\r\n")
            os.utime(path, (1700000000, 1700000000))
        self.run_import(folder)
        with self.mailhold:
            connection = self.mailhold.imap("alice")
            connection.select("INBOX", readonly=True)
            first = connection.fetch("1", "(FLAGS INTERNALDATE)")[1][0].decode()
            self.assertIn("\\Flagged", first)
            self.assertIn("\\Seen", first)
            self.assertIn("14-Nov-2023 22:13:20", first)
            connection.select("old/Sent/2024", readonly=True)
            self.assertIn("\\Answered", connection.fetch("1", "(FLAGS)")[1][0].decode())

    def test_mistakes_say_what_to_do(self):
        done = self.run_import(self.folder / "none", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"does not exist", done.stderr)
        self.mailhold.config.write_text(self.mailhold.config.read_text() + '[[account]]\nname = "mirrored"\n'
                                        'url = "imaps://a@localhost:1"\npassword_env = "NONE"\n')
        done = self.mailhold.run("import", "mirrored", str(self.folder), check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"another name", done.stderr)
        (self.folder / "notes.txt").write_text("no mail\n")
        done = self.run_import(self.folder / "notes.txt", check=False)
        self.assertIn(b"notes.txt", done.stderr)


if __name__ == "__main__":
    unittest.main()
