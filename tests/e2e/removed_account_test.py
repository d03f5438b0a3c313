"""An account that is taken out of the configuration: nothing of its mail goes, and whoever may see it still does. Put back, its
mirror goes on where it was."""
import json
import re
import signal
import unittest

import harness
from harness import wait_for

GRANT = """
[[grant]]
account = "alice"
mailboxes = ["Work"]
users = ["audit"]
"""
SHOWN = {"alice": ("INBOX", "alice/Work", "All mail/alice"), "audit": ("alice/Work",)}  # by whom


class RemovedAccount(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        self.folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)
        mails = harness.sample_mail(20)
        self.origin = harness.Origin(self.folder / "origin")
        self.addCleanup(self.origin.stop)
        self.origin.deliver("alice", "INBOX", mails[:12], flags="S")
        self.origin.deliver("alice", "Work", mails[12:])
        self.origin.start()
        self.mailhold = harness.Mailhold(self.folder / "mailhold", ["alice"], self.origin,
                                         users={"alice": ["alice"], "audit": []})
        self.addCleanup(lambda: self.mailhold.process and self.mailhold.stop())
        self.with_account = self.mailhold.config.read_text() + GRANT
        self.without_account = re.sub(r"(?s)\[\[account\]\].*?(?=\[\[user\]\])", "", self.with_account)
        self.assertNotIn("[[account]]", self.without_account)
        self.configure(self.with_account)
        self.mailhold.run("sync")
        self.assertEqual(self.bodies_sent(), 20)

    def configure(self, text):
        self.mailhold.config.write_text(text)
        self.mailhold.run("config", "--check")

    def reload(self, text):
        def reloads():
            return (self.mailhold.folder / "mailhold.log").read_bytes().count(b"reload.done")
        before = reloads()
        self.configure(text)
        self.mailhold.process.send_signal(signal.SIGHUP)
        wait_for(lambda: reloads() > before, what="the reload")

    def bodies_sent(self):
        """Messages that Dovecot has sent since it started, which it tells when a session ends."""
        log = self.origin.folder / "dovecot.log"

        def told():
            lines = log.read_text().splitlines()
            began = sum("imap-login: Info: Login: " in line for line in lines)
            counts = [int(count) for line in lines for count in re.findall(r" body_count=(\d+)", line)]
            return [sum(counts)] if len(counts) == began else None
        return wait_for(told, what="the end of all sessions at the origin")[0]

    def shown(self):
        """All that the users see: names, each message's UID and digest, what searches find."""
        seen = {}
        for user, mailboxes in SHOWN.items():
            here = self.mailhold.imap(user)
            seen[user] = sorted(here.list()[1])
            for mailbox in mailboxes:
                messages = harness.digests(here, mailbox)
                found = [here.uid("SEARCH", "TEXT", word)[1] for word in ("the", "xapian")]
                seen[user, mailbox] = messages, here.uid("SEARCH", "ALL")[1], found
            here.logout()
        return seen

    def report(self):
        done = self.mailhold.run("report", "completeness", "--json")
        report = json.loads(done.stdout)
        return report["complete"], report["generations"]

    def check_whole(self, shown):
        at_origin = self.origin.imap("alice")
        for remote, here in (("INBOX", ("alice", "INBOX")), ("Work", ("alice", "alice/Work")), ("Work", ("audit", "alice/Work"))):
            there = harness.digests(at_origin, remote)
            self.assertEqual(sorted(there.values()), sorted(shown[here][0].values()))
        at_origin.logout()

    def test_its_mail_stays_and_put_back_it_comes_once(self):
        with self.mailhold:
            before = self.shown()
        self.check_whole(before)
        reported = self.report()
        self.assertTrue(reported[0])
        self.assertEqual({g["mailbox"] for g in reported[1]}, {"INBOX", "Work"})
        for one in before["alice", "INBOX"], before["audit", "alice/Work"]:
            self.assertNotEqual(one[2][0], [b""])  # something is searched for

        self.configure(self.without_account)
        with self.mailhold:
            self.assertEqual(self.shown(), before)
            self.assertEqual([account["name"] for account in self.mailhold.status()["accounts"]], ["alice"])
        self.assertEqual(self.mailhold.run("verify").returncode, 0)
        self.assertEqual(self.report(), reported)
        self.mailhold.run("rebuild")
        with self.mailhold:
            self.assertEqual(self.shown(), before)

        sent = self.bodies_sent()
        self.configure(self.with_account)
        self.origin.deliver("alice", "Work", [b"Subject: flamingo\n\nlandseer\n"])
        self.mailhold.run("sync")
        self.assertEqual(self.bodies_sent(), sent + 1)
        with self.mailhold:
            after = self.shown()
        self.check_whole(after)
        self.assertEqual({**after["alice", "alice/Work"][0], **before["alice", "alice/Work"][0]}, after["alice", "alice/Work"][0])
        self.assertEqual(self.mailhold.run("verify").returncode, 0)

    def test_a_reload_takes_it_out_and_puts_it_back(self):
        with self.mailhold:
            before = self.shown()
            audit = self.mailhold.imap("audit")
            audit.select("alice/Work")
            self.reload(self.without_account)
            self.assertEqual(audit.noop()[0], "OK")  # his session goes on
            self.assertEqual(self.shown(), before)
            sent = self.bodies_sent()  # the mirror has taken leave
            self.origin.deliver("alice", "Work", [b"Subject: flamingo\n\nlandseer\n"])
            self.reload(self.without_account)
            self.assertEqual(self.shown(), before)

            self.reload(self.with_account)

            def found():
                audit.noop()
                return audit.uid("SEARCH", "BODY", "landseer")[1][0]
            wait_for(found, what="the message that came meanwhile")
            audit.logout()
        self.assertEqual(self.bodies_sent(), sent + 1)
        self.assertEqual(self.mailhold.run("verify").returncode, 0)
        self.assertTrue(self.report()[0])

    def test_only_what_is_archived_may_be_named_without_an_account(self):
        self.configure(self.without_account)
        self.mailhold.config.write_text(self.without_account.replace('accounts = ["alice"]', 'accounts = ["alic"]'))
        done = self.mailhold.run("config", "--check", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b'did you mean "alice"', done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
