"""Who may see what: workspaces that are shared, mailboxes that are granted, and what a reload takes away."""
import imaplib
import re
import signal
import sys
import unittest

import harness

sys.path.insert(0, str(harness.ROOT / "tests/crash"))
from crash_test import letter  # noqa: E402

GRANTS = """
[[group]]
name = "team"
members = ["bob"]
[[grant]]
account = "alice"
mailboxes = ["Projects*"]
users = ["audit"]
"""


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        cls.folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        cls.origin = harness.Origin(cls.folder / "origin")
        cls.origin.deliver("alice", "INBOX", [letter(n) for n in range(3)])
        cls.origin.deliver("alice", "Projects", [letter(n) for n in range(3, 5)])
        cls.origin.start()
        cls.addClassCleanup(cls.origin.stop)
        cls.mailhold = harness.Mailhold(cls.folder / "mailhold", ["alice"], cls.origin,
                                        users={"alice": ["alice"], "bob": ["alice"], "audit": []})
        cls.base = cls.mailhold.config.read_text()
        cls.mailhold.config.write_text(cls.base + GRANTS)
        cls.mailhold.run("sync")
        cls.mailhold.start()
        cls.addClassCleanup(lambda: cls.mailhold.process and cls.mailhold.stop())

    def ok(self, answer):
        self.assertEqual(answer[0], "OK", answer)
        return answer[1]

    def test_a_workspace_is_shared_with_a_group_and_taken_back(self):
        alice, bob = self.mailhold.imap("alice"), self.mailhold.imap("bob")
        self.assertIn("ACL", alice.capabilities)
        self.ok(alice.create("Workspaces/Matter"))
        self.ok(alice.append("Workspaces/Matter", None, None, letter(7)))
        shared = '"Other users/alice/Matter"'
        self.assertEqual(bob.select(shared)[0], "NO")
        self.ok(alice.setacl("Workspaces/Matter", "$team", "lrsi"))
        self.assertEqual(self.ok(alice.getacl("Workspaces/Matter")), [b"Workspaces/Matter alice lrswipkxteacd $team lrsi"])
        self.assertEqual(self.ok(bob.myrights(shared)), [b'"Other users/alice/Matter" lrsi'])
        self.ok(bob.select(shared))
        self.ok(bob.store("1", "+FLAGS", r"(\Seen)"))
        self.assertEqual(bob.store("1", "+FLAGS", r"(\Deleted)")[0], "NO")
        self.ok(bob.append(shared, None, None, letter(8)))
        bob.send(b"i IDLE\r\n")
        while not bob.readline().startswith(b"+"):
            pass
        self.ok(alice.deleteacl("Workspaces/Matter", "$team"))
        while True:  # an idling session ends without a word of its own
            line = bob.readline()
            if line.startswith(b"* BYE"):
                break
            self.assertTrue(line, "closed without BYE")
        self.assertEqual(self.mailhold.imap("bob").select(shared)[0], "NO")

    def test_what_is_granted_is_seen_until_a_reload_takes_it_away(self):
        audit = self.mailhold.imap("audit")
        names = {re.search(rb' "?([^"]*)"?$', line).group(1).decode() for line in self.ok(audit.list())}
        self.assertEqual(names, {"alice", "alice/Projects"})
        self.assertEqual(audit.select('"All mail/alice"')[0], "NO")
        self.assertEqual(self.ok(audit.select("alice/Projects")), [b"2"])
        self.assertEqual(self.ok(audit.search(None, "SUBJECT", '"letter 3"')), [b"1"])
        self.mailhold.config.write_text(self.base + GRANTS.replace("Projects*", "Elsewhere"))
        self.mailhold.process.send_signal(signal.SIGHUP)

        def ended():
            try:
                audit.noop()
            except (imaplib.IMAP4.abort, OSError):
                return True
        harness.wait_for(ended, what="the session ending")
        self.assertEqual(self.mailhold.imap("audit").select("alice/Projects")[0], "NO")


if __name__ == "__main__":
    unittest.main()
