"""Workspaces with real mail programs: imaplib, curl and mbsync fill and change them; kill -9 at each step of a commit loses
nothing that was answered OK; a rebuild from the ledger gives the same mailboxes again."""
import base64
import imaplib
import random
import re
import signal
import subprocess
import sys
import unittest

import harness

sys.path.insert(0, str(harness.ROOT / "tests/crash"))
from crash_test import fail_points, letter  # noqa: E402

CRLF = re.compile(rb"\r?\n")


def crlf(octets):
    return CRLF.sub(b"\r\n", octets)


def large_letter(n):
    """Of a size that fills segments, and that no compression makes small."""
    return letter(n) + base64.encodebytes(random.Random(n).randbytes(100_000))


def content(connection, mailbox):
    """UID, flags, MODSEQ and octets of each message."""
    assert connection.select(f'"{mailbox}"', readonly=True)[0] == "OK"
    parts = connection.uid("FETCH", "1:*", "(FLAGS MODSEQ BODY.PEEK[])")[1]
    return [(part[0], part[1]) for part in parts if isinstance(part, tuple)]


class Workspaces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        cls.folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        cls.origin = harness.Origin(cls.folder / "origin")
        cls.origin.deliver("alice", "INBOX", [letter(n) for n in range(5)])
        cls.origin.start()
        cls.addClassCleanup(cls.origin.stop)
        cls.mailhold = harness.Mailhold(cls.folder / "mailhold", ["alice"], cls.origin)
        cls.mailhold.run("sync")
        cls.mailhold.start()
        cls.addClassCleanup(lambda: cls.mailhold.process and cls.mailhold.stop())

    def test_imaplib_fills_changes_and_deletes_a_workspace(self):
        here = self.mailhold.imap("alice")

        def ok(answer):
            self.assertEqual(answer[0], "OK", answer)
            return answer[1]

        ok(here.create("Workspaces/Review"))
        ok(here.select("INBOX"))
        ok(here.copy("1:3", "Workspaces/Review"))
        ok(here.append("Workspaces/Review", r"(\Draft)", None, letter(100)))
        ok(here.select("Workspaces/Review"))
        self.assertEqual(ok(here.search(None, "ALL")), [b"1 2 3 4"])
        self.assertEqual(ok(here.search(None, "SUBJECT", '"letter 100"')), [b"4"])
        self.assertIn(rb"\Flagged", ok(here.store("2", "+FLAGS", r"(\Flagged todo)"))[0])
        self.assertEqual(ok(here.search(None, "KEYWORD", "todo", "FLAGGED")), [b"2"])
        ok(here.create("Workspaces/Done"))
        ok(here.uid("MOVE", "2", "Workspaces/Done"))
        self.assertEqual(ok(here.search(None, "ALL")), [b"1 2 3"])
        ok(here.store("1", "+FLAGS", r"(\Deleted)"))
        self.assertEqual(ok(here.expunge()), [b"2", b"1"])  # that of MOVE too, which imaplib kept
        ok(here.rename("Workspaces/Review", "Workspaces/Old/Review"))
        ok(here.close())
        self.assertEqual(ok(here.status("Workspaces/Old/Review", "(MESSAGES)")), [b"Workspaces/Old/Review (MESSAGES 2)"])
        ok(here.delete("Workspaces/Done"))
        self.assertEqual(here.select("Workspaces/Done")[0], "NO")
        self.assertEqual(len(harness.digests(here, "All mail/alice")), 5)

    def test_all_mail_and_a_saved_search_have_the_same_uids_after_a_restart(self):
        here = self.mailhold.imap("alice")
        here.create("Workspaces/Own")
        here.create("Searches/Letters")
        for n in (600, 601):
            here.append("Workspaces/Own", None, None, letter(n))
        imaplib.Commands.setdefault("SETMETADATA", ("AUTH", "SELECTED"))
        set_query = ("SETMETADATA", "Searches/Letters", '(/private/vendor/mailhold/query "subject:\\"letter 600\\" OR subject:\\"letter 601\\"")')
        self.assertEqual(here._simple_command(*set_query)[0], "OK")

        def seen(connection):
            found = {}
            for mailbox in ("All mail", "Searches/Letters"):
                self.assertEqual(connection.select(f'"{mailbox}"', readonly=True)[0], "OK")
                parts = connection.uid("FETCH", "1:*", "(UID BODY.PEEK[])")[1]
                found[mailbox] = (connection.response("UIDVALIDITY")[1], [(re.search(rb"UID (\d+)", part[0])[1], part[1])
                                                                         for part in parts if isinstance(part, tuple)])
            return found

        # Both are told of what comes, while they idle.
        for n, mailbox in ((602, "All mail"), (603, "Searches/Letters")):
            here._simple_command("SETMETADATA", "Searches/Letters", f'(/private/vendor/mailhold/query "subject:\\"letter {n}\\"")')
            idler = self.mailhold.imap("alice")
            idler.select(f'"{mailbox}"', readonly=True)
            idler.send(b"x IDLE\r\n")
            idler.readline()
            here.append("Workspaces/Own", None, None, letter(n))
            self.assertIn(b"EXISTS", idler.readline())
            idler.shutdown()
        self.assertEqual(here._simple_command(*set_query)[0], "OK")

        before = seen(here)
        everything, found = before["All mail"][1], before["Searches/Letters"][1]
        self.assertEqual(sum(octets == crlf(letter(600)) for _, octets in everything), 1)
        self.assertEqual([octets for _, octets in found], [crlf(letter(600)), crlf(letter(601))])
        self.assertLessEqual(set(found), set(everything))
        self.mailhold.stop()
        self.mailhold.start()
        self.assertEqual(seen(self.mailhold.imap("alice")), before)

    def test_curl_appends(self):
        here = self.mailhold.imap("alice")
        here.create("Workspaces/curl")
        file = self.folder / "letter.eml"
        file.write_bytes(crlf(letter(200)))
        done = subprocess.run(["curl", "-sS", "--max-time", "60", "--cacert", self.mailhold.data / "keys/tls.crt", "--user",
                               f"alice:{harness.PASSWORD}", "-T", file,
                               f"imaps://localhost:{self.mailhold.tls_port}/Workspaces%2Fcurl"], capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([octets for _, octets in content(here, "Workspaces/curl")], [crlf(letter(200))])

    def test_mbsync_pushes_flags_and_deletes_both_ways(self):
        local = self.folder / "maildir"
        for part in ("cur", "new", "tmp"):
            (local / "Pushed" / part).mkdir(parents=True)
        for n in range(8):
            (local / "Pushed/cur" / f"{n}.host:2,{'S' if n % 2 else ''}").write_bytes(letter(300 + n))
        (self.folder / "mbsyncrc").write_text(f"""
IMAPStore remote
Host localhost
Port {self.mailhold.tls_port}
User alice
Pass {harness.PASSWORD}
SSLType IMAPS
CertificateFile {self.mailhold.data}/keys/tls.crt

MaildirStore local
Path {local}/
Inbox {local}/INBOX
SubFolders Verbatim

Channel both
Far :remote:Workspaces/
Near :local:
Patterns Pushed
Create Both
Expunge Both
Sync All
SyncState *
""")

        def sync():
            done = subprocess.run(["mbsync", "-c", self.folder / "mbsyncrc", "both"], capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)

        sync()
        here = self.mailhold.imap("alice")
        here.select("Workspaces/Pushed")
        self.assertEqual(len(here.search(None, "ALL")[1][0].split()), 8)
        self.assertEqual(len(here.search(None, "SEEN")[1][0].split()), 4)
        # Each side deletes one and flags one.
        here.store("1", "+FLAGS", r"(\Deleted)")
        here.expunge()
        here.store("7", "+FLAGS", r"(\Flagged)")
        files = sorted((local / "Pushed/cur").iterdir())
        victim = next(f for f in files if b"letter 303" in f.read_bytes())
        victim.unlink()
        sync()
        self.assertEqual(len(list((local / "Pushed").glob("[cn]*/*"))), 6)
        self.assertEqual(len([f for f in (local / "Pushed/cur").iterdir() if "F" in f.name.split(",")[-1]]), 1)
        here.noop()
        self.assertEqual(here.search(None, "SUBJECT", '"letter 303"')[1], [b""])
        self.assertEqual(len(here.search(None, "ALL")[1][0].split()), 6)

    def test_another_session_is_told_while_it_idles(self):
        here, there = self.mailhold.imap("alice"), self.mailhold.imap("alice")
        here.create("Workspaces/Idle")
        there.select("Workspaces/Idle")
        there.send(b"x IDLE\r\n")
        self.assertTrue(there.readline().startswith(b"+"))
        there.sock.settimeout(90)
        here.append("Workspaces/Idle", None, None, letter(1))
        self.assertEqual(there.readline(), b"* 1 EXISTS\r\n")
        here.select("Workspaces/Idle")
        here.store("1", "+FLAGS", r"(\Deleted)")
        self.assertIn(rb"\Deleted", there.readline())
        here.expunge()
        self.assertEqual(there.readline(), b"* 1 EXPUNGE\r\n")

        # By NOTIFY also without a command, and of notes.
        there.send(b"DONE\r\n")
        there.send(b"y NOTIFY SET (personal (MailboxMetadataChange)) (inboxes (ServerMetadataChange))\r\n")
        self.assertEqual([there.readline()[:4] for _ in range(2)], [b"x OK", b"y OK"])
        self.assertEqual(here.xatom("SETMETADATA", "Workspaces/Idle", '(/shared/comment "ours" /private/comment "mine")')[0], "OK")
        self.assertEqual(there.readline(), b"* METADATA Workspaces/Idle /shared/comment /private/comment\r\n")
        self.assertEqual(here.xatom("SETMETADATA", '""', '(/private/comment "of all")')[0], "OK")
        self.assertEqual(there.readline(), b'* METADATA "" /private/comment\r\n')

    def test_killed_at_every_fail_point_loses_nothing_that_was_answered(self):
        for point in fail_points():
            with self.subTest(point=point):
                mailhold = harness.Mailhold(self.folder / point, ["alice"], self.origin)
                mailhold.run("sync")
                mailhold.start()
                mailhold.imap("alice").create("Workspaces/x")
                mailhold.stop()
                mailhold.start(environment={"MAILHOLD_FAILPOINT": f"{point}:4:kill"}, wait=False)
                answered = self.append_until_killed(mailhold)
                mailhold.stop(signal.SIGKILL)
                with mailhold:
                    kept = content(mailhold.imap("alice"), "Workspaces/x")
                stands = {int(re.search(rb"UID (\d+)", head)[1]): octets for head, octets in kept}
                for uid, n in answered.items():
                    self.assertEqual(stands.get(uid), crlf(large_letter(n)))
                self.assertEqual(mailhold.run("verify", check=False, text=True).returncode, 0)

    @staticmethod
    def append_until_killed(mailhold):
        """The letters that were answered OK, by their UIDs."""
        answered = {}
        try:
            harness.wait_for(mailhold.ready, what="Mailhold starting")
            here = mailhold.imap("alice")
            for n in range(40):
                octets = large_letter(1000 + n)
                answer = here.append("Workspaces/x", None, None, octets)
                if answer[0] != "OK":
                    break
                answered[int(re.search(rb"APPENDUID \d+ (\d+)", answer[1][0])[1])] = 1000 + n
        except (imaplib.IMAP4.abort, OSError, RuntimeError, AttributeError):
            pass
        return answered

    def test_a_rebuild_gives_the_same_workspaces(self):
        mailhold = harness.Mailhold(self.folder / "rebuild", ["alice"], self.origin)
        mailhold.run("sync")
        with mailhold:
            here = mailhold.imap("alice")
            here.create("Workspaces/a")
            here.create("Workspaces/b")
            here.select("INBOX")
            here.copy("1:5", "Workspaces/a")
            for n in range(5):
                here.append("Workspaces/a", r"(\Seen)", None, letter(400 + n))
            here.select("Workspaces/a")
            here.store("2:4", "+FLAGS", "(x)")
            here.uid("MOVE", "4:6", "Workspaces/b")
            here.store("1", "+FLAGS", r"(\Deleted)")
            here.expunge()
            before = [here.status(m, "(UIDNEXT UIDVALIDITY HIGHESTMODSEQ UNSEEN SIZE)") for m in ("Workspaces/a", "Workspaces/b")]
            contents = [content(here, m) for m in ("Workspaces/a", "Workspaces/b", "INBOX")]
        self.assertEqual(mailhold.run("verify", check=False).returncode, 0)
        mailhold.run("rebuild")
        with mailhold:
            here = mailhold.imap("alice")
            self.assertEqual([content(here, m) for m in ("Workspaces/a", "Workspaces/b", "INBOX")], contents)
            self.assertEqual([here.status(m, "(UIDNEXT UIDVALIDITY HIGHESTMODSEQ UNSEEN SIZE)")
                              for m in ("Workspaces/a", "Workspaces/b")], before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
