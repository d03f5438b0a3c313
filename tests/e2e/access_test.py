"""Who may see what: workspaces that are shared, mailboxes that are granted, and what a reload takes away; what is on record of
it; and SCRAM."""
import base64
import hashlib
import hmac
import imaplib
import json
import os
import pwd
import re
import signal
import subprocess
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
        verifier = subprocess.run([harness.program(), "passwd", "--scram"], input=harness.PASSWORD + "\n", text=True,
                                  check=True, capture_output=True).stdout.strip()
        named = 'name = "alice"\npassword_hash'
        cls.base = cls.mailhold.config.read_text().replace(named, f'scram = "{verifier}"\n{named}')
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

    def accesses(self, *options):
        out = self.mailhold.run("audit", "--json", *options).stdout.decode()
        return [json.loads(line) for line in out.splitlines()]

    def test_what_was_looked_at_is_on_record(self):
        with self.assertRaises(imaplib.IMAP4.error):
            imaplib.IMAP4_SSL("localhost", self.mailhold.tls_port, ssl_context=self.mailhold.context()).login("bob", "wr0ng")
        bob = self.mailhold.imap("bob")
        self.ok(bob.select("INBOX", readonly=True))
        self.ok(bob.uid("SEARCH", "SUBJECT", '"letter 1"'))
        self.ok(bob.uid("FETCH", "2", "(BODY.PEEK[])"))
        bob.logout()

        def told():
            mine = self.accesses("--user", "bob", "--mailbox", "INBOX")
            return mine if any(one["what"] == "fetch" for one in mine) else None
        told_of = harness.wait_for(told, what="the record")
        self.assertEqual([(one["what"], one["outcome"]) for one in told_of], [("select", "ok"), ("search", "ok"), ("fetch", "ok")])
        self.assertEqual(told_of[2]["detail"], "2 BODY[]")
        self.assertIn("letter 1", told_of[1]["detail"])
        everything = self.mailhold.run("audit", "--json").stdout.decode()
        self.assertIn("AUTHENTICATIONFAILED", everything)
        for secret in ("wr0ng", harness.PASSWORD):
            self.assertNotIn(secret, everything)
        self.assertEqual(self.accesses("--since", "2999-01-01"), [])

    def test_what_commands_show_is_on_record_once_whatever_dies(self):
        def mine(what):
            return [one["detail"] for one in self.accesses() if one["user"].startswith("cli:") and one["what"] == what]

        self.mailhold.run("search", "letter", "xyzzy", check=False)
        self.assertIn(f"cli:{pwd.getpwuid(os.getuid()).pw_name}", {one["user"] for one in self.accesses()})
        self.assertIn(f"uid {os.getuid()}", {one["address"] for one in self.accesses()})
        self.mailhold.run("show", "1", "--raw")
        self.mailhold.run("export", "in:alice/Projects subject:letter", "--format", "eml", "--output", str(self.folder / "out"))
        inbox = self.mailhold.data / "audit-inbox"
        harness.wait_for(lambda: not list(inbox.iterdir()), what="the daemon taking what was handed in")
        recorded = self.accesses()
        self.assertNotIn(None, [one["record"] for one in recorded])
        self.assertEqual(mine("search"), ["letter xyzzy"])
        shown, exported = mine("fetch")
        self.assertIn("show of message 1, SHA-256 ", shown)
        self.assertEqual(exported, "export of 2 messages as eml: in:alice/Projects subject:letter")

        # Killed when it is in the ledger and still in the inbox, and without anybody who takes it.
        self.mailhold.stop()
        self.mailhold.run("search", "plugh", check=False)
        self.assertEqual([one["record"] for one in self.accesses() if one["detail"] == "plugh"], [None])
        self.mailhold.start({"MAILHOLD_FAILPOINT": "audit.taken:1:kill"}, wait=False)
        self.assertEqual(self.mailhold.process.wait(60), -signal.SIGKILL)
        self.assertEqual(len(list(inbox.iterdir())), 1)
        self.assertEqual(mine("search"), ["letter xyzzy", "plugh"])
        self.mailhold.start()
        self.assertEqual(list(inbox.iterdir()), [])
        self.assertEqual(mine("search"), ["letter xyzzy", "plugh"])

        # What cannot be put on record is not shown.
        blocked = self.mailhold.run("search", "letter", check=False, environment={"MAILHOLD_FAILPOINT": "file.write:1:no_space"})
        self.assertIn(b"cannot be put on record", blocked.stderr)
        self.assertNotIn(b"letter 1", blocked.stdout)

    def test_scram_proves_both_sides(self):
        def scram(password):
            bare = "n=alice,r=rOprNGfwEbeRWgbNEkqO"
            state = {}

            def answer(challenge):
                if not state:
                    state["first"] = True
                    return b"n,," + bare.encode()
                said = challenge.decode()
                if said.startswith("v="):
                    state["server"] = said[2:] == state["expected"]
                    return b""
                parts = dict(part.split("=", 1) for part in said.split(","))
                salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(parts["s"]), int(parts["i"]))
                key = hmac.digest(salted, b"Client Key", "sha256")
                unproven = f"c=biws,r={parts['r']}"
                text = f"{bare},{said},{unproven}".encode()
                signature = hmac.digest(hashlib.sha256(key).digest(), text, "sha256")
                proof = bytes(a ^ b for a, b in zip(key, signature))
                server = hmac.digest(salted, b"Server Key", "sha256")
                state["expected"] = base64.b64encode(hmac.digest(server, text, "sha256")).decode()
                return f"{unproven},p={base64.b64encode(proof).decode()}".encode()
            connection = imaplib.IMAP4_SSL("localhost", self.mailhold.tls_port, ssl_context=self.mailhold.context())
            self.assertIn("AUTH=SCRAM-SHA-256-PLUS", connection.capabilities)
            connection.authenticate("SCRAM-SHA-256", answer)
            self.assertTrue(state["server"])
            return connection
        self.ok(scram(harness.PASSWORD).select("INBOX", readonly=True))
        with self.assertRaises(imaplib.IMAP4.error):
            scram("wrong")


if __name__ == "__main__":
    unittest.main()
