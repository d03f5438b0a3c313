"""The ledger's account of every UID, the history of messages, and what is shown of the past, with a real Dovecot."""
import json
import os
import unittest

import harness


class Completeness(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        self.folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)
        self.origin = harness.Origin(self.folder / "origin")
        self.addCleanup(self.origin.stop)
        self.mailhold = harness.Mailhold(self.folder / "mailhold", ["alice"], self.origin)
        self.addCleanup(lambda: self.mailhold.process and self.mailhold.stop())

    def maildir(self, mailbox=""):
        return self.folder / "origin/home/alice/Maildir" / (f".{mailbox}" if mailbox else "") / "cur"

    def report(self, expected_code=0):
        done = self.mailhold.run("report", "completeness", "--json", check=False)
        self.assertEqual(done.returncode, expected_code, done.stderr)
        return json.loads(done.stdout)

    def test_every_uid_is_accounted_for_by_its_class(self):
        mails = harness.sample_mail(30)
        distinct = len(set(mails))
        self.origin.deliver("alice", "INBOX", mails)
        self.origin.deliver("alice", "Work", mails[:10])
        self.origin.deliver("alice", "Junk", mails[:3])
        self.origin.start()
        text = self.mailhold.config.read_text()
        self.mailhold.config.write_text(text.replace('name = "alice"\nurl', 'name = "alice"\nexclude = ["Junk"]\nurl', 1))
        self.mailhold.run("sync")
        report = self.report()
        self.assertTrue(report["complete"])
        together = report["together"]
        self.assertEqual((together["shown"], together["archived"], together["duplicates"]),
                         (40, distinct, 40 - distinct))
        self.assertEqual(report["excluded"], [{"account": "alice", "mailbox": "Junk", "rule": "exclude Junk"}])
        self.assertEqual({g["mailbox"] for g in report["generations"]}, {"INBOX", "Work"})
        table = self.mailhold.run("report", "completeness").stdout.decode()
        self.assertIn("Every UID that was shown is accounted for.", table)
        self.assertIn("alice/Work", table)

    def test_a_message_changed_underneath_is_found_by_a_reconciliation_alone(self):
        mails = harness.sample_mail(8)
        self.origin.deliver("alice", "INBOX", mails)
        self.origin.start()
        self.mailhold.run("sync")
        self.assertIn(b"in 1 mailboxes: 0 missing", self.mailhold.run("reconcile").stdout)
        self.change_one_message_underneath()
        self.mailhold.run("sync")
        with self.mailhold:
            self.assertNotEqual(*self.both_inboxes())
        done = self.mailhold.run("reconcile", "alice", "--json")
        report = [json.loads(line) for line in done.stdout.splitlines() if b'"reconciled"' in line][-1]
        self.assertEqual((report["shown"], report["missing"], report["gone"], report["unaccounted"]), (8, 0, 0, 0))
        self.assertEqual(report["replaced"], 1)
        self.assertEqual(report["repaired"], 1)
        with self.mailhold:
            self.assertEqual(*self.both_inboxes())
            account = self.mailhold.status()["accounts"][0]
            self.assertEqual(account["reconciled"]["replaced"], 1)
            self.assertEqual(account["unaccounted"], 0)
            metrics = self.mailhold.metrics()
            self.assertIn('mailhold_unaccounted_messages{account="alice"} 0', metrics)
            self.assertIn("mailhold_reconciled_timestamp_seconds", metrics)
        self.assertIn(b"compared with the origin", self.mailhold.run("status").stdout)
        self.assertEqual(self.mailhold.run("verify").returncode, 0)
        self.report()
        self.assertEqual(self.mailhold.run("reconcile", "nobody", check=False).returncode, 2)

    def test_the_daemon_reconciles_by_itself(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(8))
        self.origin.start()
        text = self.mailhold.config.read_text()
        text = text.replace('name = "alice"\nurl', 'name = "alice"\npoll_seconds = 1\nurl', 1)
        self.mailhold.config.write_text(text + '\n[sync]\nreconcile_every = "2s"\n')
        with self.mailhold:
            def last():
                return self.mailhold.status()["accounts"][0].get("reconciled") or {"shown": 0, "problem": ""}
            harness.wait_for(lambda: last()["shown"] == 8, 60, what="the first reconciliation")
            self.change_one_message_underneath()
            harness.wait_for(lambda: self.both_inboxes()[0] == self.both_inboxes()[1], 90, what="the repair")
        self.assertIn(b"sync.difference", (self.mailhold.folder / "mailhold.log").read_bytes())

    def test_a_running_daemon_compares_on_request(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(8))
        self.origin.start()
        text = self.mailhold.config.read_text()
        self.mailhold.config.write_text(text.replace('name = "alice"\nurl', 'name = "alice"\npoll_seconds = 1\nurl', 1))
        with self.mailhold:
            self.assertIn(b"compared 8 messages in 1 mailboxes: 0 missing", self.mailhold.run("reconcile").stdout)
            done = json.loads(self.mailhold.run("reconcile", "alice", "--json").stdout)
            self.assertEqual((done["event"], done["shown"], done["unaccounted"]), ("reconciled", 8, 0))
            text = self.mailhold.config.read_text()
            account = text[text.index("[[account]]"):text.index("[[user]]")]
            self.mailhold.config.write_text(text + account.replace('name = "alice"', 'name = "bob"'))
            failed = self.mailhold.run("reconcile", "bob", check=False)
            self.assertEqual(failed.returncode, 1)
            self.assertIn(b"no account of this name is mirrored", failed.stderr)

    def test_the_past_is_shown_moves_included(self):
        mails = harness.sample_mail(3)
        self.origin.deliver("alice", "INBOX", mails)
        self.origin.deliver("alice", "Work", [])
        self.origin.start()
        self.mailhold.run("sync")
        at_origin = self.origin.imap("alice")
        at_origin.select("INBOX")
        at_origin.store("1", "+FLAGS", r"(\Flagged)")
        self.mailhold.run("sync")
        at_origin.copy("1", "Work")
        at_origin.store("1", "+FLAGS", r"(\Deleted)")
        at_origin.expunge()
        self.mailhold.run("sync")
        with self.mailhold:
            here = self.mailhold.imap("alice")
            names = b" ".join(here.list()[1])
            self.assertIn(b"Ever seen/alice/INBOX", names)
            self.assertNotIn(b"Ever seen/alice/Work", names)
            self.assertEqual(len(harness.digests(here, "INBOX")), 2)
            ever = harness.digests(here, "Ever seen/alice/INBOX")
            self.assertEqual(len(ever), 3)
            moved = next(iter(harness.digests(here, "alice/Work").values()))
            self.assertEqual({**ever, **harness.digests(here, "INBOX")}, ever)  # the same UIDs
        history = self.mailhold.run("show", moved).stdout.decode()
        self.assertIn("alice: INBOX, UID 1: seen, flags: none", history)
        self.assertIn("flags none became \\Flagged", history)
        self.assertIn("alice: INBOX, UID 1: moved to Work, UID 1", history)
        self.mailhold.run("rebuild")
        self.assertEqual(self.mailhold.run("show", moved).stdout.decode(), history)

    def both_inboxes(self):
        there, here = self.origin.imap("alice"), self.mailhold.imap("alice")
        try:
            return sorted(harness.digests(there, "INBOX").values()), sorted(harness.digests(here, "INBOX").values())
        finally:
            there.logout()
            here.logout()

    def change_one_message_underneath(self):
        """Other octets of the same number, another date, and no counter that tells: as after a restored backup."""
        self.origin.stop()
        message = sorted(path for sub in ("cur", "new") for path in self.maildir().with_name(sub).iterdir())[0]
        octets = message.read_bytes()
        half = len(octets) // 2
        message.write_bytes(octets[:half] + bytes(b"zy"[c == 122] if 97 <= c <= 122 else c for c in octets[half:]))
        os.utime(message, (1_234_567_890, 1_234_567_890))
        for cache in self.maildir().parent.glob("dovecot.index.cache*"):
            cache.unlink()
        self.origin.start()


if __name__ == "__main__":
    unittest.main(verbosity=2)
