"""The ledger's account of every UID, the history of messages, and what is shown of the past, with a real Dovecot."""
import json
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
