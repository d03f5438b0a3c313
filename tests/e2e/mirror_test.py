"""The mirror against a real Dovecot: every message byte for byte, what changes at the origin, what is refused."""
import imaplib
import shutil
import time
import unittest

import harness
from harness import wait_for


def count(connection, *criteria):
    return len(connection.uid("SEARCH", *criteria)[1][0].split())


class Mirror(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        self.folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)
        self.origin = harness.Origin(self.folder / "origin")
        self.addCleanup(self.origin.stop)

    def mailhold(self, accounts=("alice",), **options):
        made = harness.Mailhold(self.folder / "mailhold", list(accounts), self.origin, **options)
        self.addCleanup(lambda: made.process and made.stop())
        return made

    def test_every_message_is_what_the_origin_serves_and_a_rebuild_changes_nothing(self):
        mails = harness.sample_mail()
        self.origin.deliver("alice", "INBOX", mails[:400], flags="S")
        self.origin.deliver("alice", "Work/2024", mails[400:])
        self.origin.start()
        mailhold = self.mailhold()
        mailhold.run("sync")
        with mailhold:
            at_origin, here = self.origin.imap("alice"), mailhold.imap("alice")
            for remote, local in (("INBOX", "INBOX"), ("Work/2024", "alice/Work/2024")):
                there = harness.digests(at_origin, remote)
                self.assertEqual(sorted(there.values()), sorted(harness.digests(here, local).values()))
            before = harness.digests(here, "All mail/alice")
            found = [here.uid("SEARCH", "TEXT", word)[1] for word in ("xapian", "the", "meeting")]
        self.assertEqual(mailhold.run("verify").returncode, 0)
        mailhold.run("rebuild")
        self.assertEqual(mailhold.run("verify").returncode, 0)
        with mailhold:
            here = mailhold.imap("alice")
            self.assertEqual(before, harness.digests(here, "All mail/alice"))
            self.assertEqual(found, [here.uid("SEARCH", "TEXT", word)[1] for word in ("xapian", "the", "meeting")])

    def test_a_new_message_flag_and_expunge_reach_the_endpoint_without_a_restart(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(5))
        self.origin.start()
        with self.mailhold() as mailhold:
            here = mailhold.imap("alice")
            wait_for(lambda: here.select("INBOX", readonly=True)[1] == [b"5"], what="first mirror")
            at_origin = self.origin.imap("alice")
            at_origin.append("INBOX", "", imaplib.Time2Internaldate(time.time()),
                             b"From: eve@example.org\r\nSubject: flamingo\r\n\r\nlandseer\r\n")

            def found(*criteria):
                here.noop()
                return count(here, *criteria)
            wait_for(lambda: found("SUBJECT", "flamingo", "BODY", "landseer") == 1, what="new message in SEARCH")
            at_origin.select("INBOX")
            at_origin.store("2", "+FLAGS", r"(\Flagged)")
            wait_for(lambda: found("FLAGGED") == 1, 90, what="flag of the origin")
            at_origin.store("1", "+FLAGS", r"(\Deleted)")
            at_origin.expunge()
            wait_for(lambda: found("ALL") == 5, 90, what="expunge at the origin")
            here.select('"All mail/alice"', readonly=True)
            self.assertEqual(count(here, "ALL"), 6)
        wait_for(lambda: ": Logged out" in (self.origin.folder / "dovecot.log").read_text(), what="the mirror's goodbye")

    def test_a_changed_uidvalidity_keeps_the_local_uids_and_archives_nothing_twice(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(30))
        self.origin.start()
        mailhold = self.mailhold()
        mailhold.run("sync")
        with mailhold:
            before = harness.digests(mailhold.imap("alice"), "INBOX")
        self.origin.stop()
        for index in (self.folder / "origin/home/alice/Maildir").glob("dovecot*"):
            index.unlink()
        (self.folder / "origin/home/alice/Maildir/dovecot-uidvalidity").unlink(missing_ok=True)
        time.sleep(1.1)  # Dovecot takes the UIDVALIDITY from the clock's seconds
        self.origin.start()
        mailhold.run("sync")
        with mailhold:
            self.assertEqual(before, harness.digests(mailhold.imap("alice"), "INBOX"))
        self.assertEqual(mailhold.run("verify").returncode, 0)

    def test_a_mailbox_deleted_at_the_origin_stays_in_the_archive(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(2))
        self.origin.deliver("alice", "Old", harness.sample_mail(10))
        self.origin.start()
        mailhold = self.mailhold()
        mailhold.run("sync")
        shutil.rmtree(self.folder / "origin/home/alice/Maildir/.Old")
        mailhold.run("sync")
        with mailhold:
            here = mailhold.imap("alice")
            here.select('"All mail/alice"', readonly=True)
            self.assertEqual(count(here, "ALL"), 10)

    def test_two_accounts_over_starttls_share_what_they_have_in_common(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(20))
        self.origin.deliver("bob", "INBOX", harness.sample_mail(30))
        self.origin.start()
        mailhold = self.mailhold(("alice", "bob"), security="imap", users={"alice": ["alice"], "auditor": ["alice", "bob"]})
        mailhold.run("sync")
        with mailhold:
            self.assertEqual(mailhold.status()["messages"], 30)
            auditor = mailhold.imap("auditor")
            self.assertEqual(auditor.select("bob/INBOX", readonly=True)[1], [b"30"])
            alice = mailhold.imap("alice")
            self.assertEqual(alice.select("bob/INBOX", readonly=True)[0], "NO")

    def test_an_excluded_mailbox_is_not_fetched_and_the_rule_is_on_record(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(2))
        self.origin.deliver("alice", "Junk", harness.sample_mail(10))
        self.origin.start()
        mailhold = self.mailhold()
        text = mailhold.config.read_text()
        mailhold.config.write_text(text.replace('name = "alice"\nurl', 'name = "alice"\nexclude = ["Junk"]\nurl', 1))
        mailhold.run("sync")
        with mailhold:
            self.assertEqual(mailhold.status()["messages"], 2)

    def test_an_untrusted_certificate_is_refused_and_nothing_is_sent(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(2))
        self.origin.start()
        mailhold = self.mailhold()
        text = mailhold.config.read_text()
        mailhold.config.write_text(text.replace(f'ca_file = "{self.origin.ca_file}"', 'ca_file = ""'))
        done = mailhold.run("sync", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"not trusted", done.stderr)
        self.assertNotIn(b"Login", (self.folder / "origin/dovecot.log").read_bytes())

    def test_a_wrong_password_says_so_and_ends(self):
        self.origin.deliver("alice", "INBOX", harness.sample_mail(2))
        self.origin.start()
        mailhold = self.mailhold()
        (mailhold.folder / "password").write_text("wrong\n")
        done = mailhold.run("sync", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"alice", done.stderr)
        self.assertNotIn(b"wrong", done.stderr.replace(b"wrong password", b""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
