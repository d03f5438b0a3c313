"""The mirror of other servers than Dovecot, with all sample messages: Cyrus (QRESYNC, OBJECTID), and public-inbox-imapd
(IMAP4rev1 and no more)."""
import json
import unittest

import harness
import origins


class OtherOrigins(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        self.folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)

    def started(self, origin):
        self.origin = origin
        self.addCleanup(origin.stop)
        origin.start()
        self.mailhold = harness.Mailhold(self.folder / "mailhold", ["alice"], origin)
        self.addCleanup(lambda: self.mailhold.process and self.mailhold.stop())

    def mirror_and_compare(self, mailboxes):
        """One pass; then each mailbox's digests, which must be those of the origin, and the account of every UID."""
        self.mailhold.run("sync")
        with self.mailhold:
            there, here = self.origin.imap("alice"), self.mailhold.imap("alice")
            found = {}
            for mailbox in mailboxes:
                found[mailbox] = sorted(harness.digests(there, mailbox).values())
                local = mailbox if mailbox == "INBOX" else "alice/" + mailbox.replace(".", "/")
                self.assertEqual(found[mailbox], sorted(harness.digests(here, local).values()), mailbox)
            there.logout()
            here.logout()
        self.assertEqual(self.mailhold.run("verify").returncode, 0)
        report = json.loads(self.mailhold.run("report", "completeness", "--json").stdout)
        self.assertTrue(report["complete"])
        self.assertEqual(report["together"]["unaccounted"], 0)
        self.together = report["together"]
        return found

    @unittest.skipUnless(origins.cyrus_imapd(), "./dev test unpacks Cyrus")
    def test_cyrus(self):
        self.started(origins.Cyrus(self.folder / "origin"))
        at_origin = self.origin.imap("alice")
        at_origin.create("Work/2024")
        mails = harness.sample_mail()
        self.origin.deliver("alice", "INBOX", mails[:400])
        self.origin.deliver("alice", "Work/2024", mails[400:])
        found = self.mirror_and_compare(["INBOX", "Work/2024"])
        self.assertEqual([len(f) for f in found.values()], [400, len(mails) - 400])

        self.assertEqual(at_origin.select("INBOX")[0], "OK")
        at_origin.store("2", "+FLAGS", r"(\Flagged work)")
        at_origin.store("1", "+FLAGS", r"(\Deleted)")
        at_origin.expunge()
        at_origin.append("INBOX", "", None, b"Subject: flamingo\r\n\r\nlandseer\r\n")
        at_origin.close()
        self.assertEqual(at_origin.rename("Work/2024", "Work/Old")[0], "OK")
        again = self.mirror_and_compare(["INBOX", "Work/Old"])
        self.assertEqual(again["Work/Old"], found["Work/2024"])
        self.assertEqual(len(set(found["INBOX"]) - set(again["INBOX"])), 1)
        with self.mailhold:
            here = self.mailhold.imap("alice")
            here.select("INBOX", readonly=True)
            self.assertEqual(here.uid("SEARCH", "FLAGGED", "KEYWORD", "work")[1], [b"2"])
            self.assertEqual(len(here.uid("SEARCH", "SUBJECT", "flamingo")[1][0].split()), 1)
            names = b" ".join(here.list()[1])
            self.assertIn(b'"/" alice/Work/Old', names)
            self.assertNotIn(b'"/" alice/Work/2024', names)
        self.assertIn(b" 0 missing here", self.mailhold.run("reconcile").stdout)

    def test_public_inbox(self):
        origin = origins.PublicInbox(self.folder / "origin")
        mails = harness.sample_mail()
        origin.deliver("alice", "", mails[:-1])
        self.started(origin)
        mailbox = origin.NEWSGROUP + ".0"
        found = self.mirror_and_compare([mailbox])[mailbox]
        self.assertGreater(len(found), 900)  # it takes no message twice

        # A line that breaks off ends every connection of its worker process: it begins anew.
        origin.stop()
        origin.remove(mails[0])
        origin.deliver("alice", "", mails[-1:])
        origin.start()
        again = self.mirror_and_compare([mailbox])[mailbox]
        self.assertEqual(len(set(found) - set(again)), 1)
        self.assertEqual(len(set(again) - set(found)), 1)
        with self.mailhold:
            self.assertEqual(self.mailhold.status()["messages"], len(set(found) | set(again)))
        origin.stop()
        origin.start()
        self.assertIn(b" 0 missing here", self.mailhold.run("reconcile").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
