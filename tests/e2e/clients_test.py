"""Real mail programs against the endpoint: curl, Python imaplib, mbsync, offlineimap."""
import hashlib
import imaplib
import os
import pathlib
import re
import socket
import ssl
import subprocess
import unittest

import harness
from harness import wait_for

MAILS = 60


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        cls.folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        cls.origin = harness.Origin(cls.folder / "origin")
        cls.origin.deliver("alice", "INBOX", harness.sample_mail(MAILS), flags="S")
        cls.origin.deliver("alice", "Été/Sub", harness.sample_mail(10))
        cls.origin.start()
        cls.addClassCleanup(cls.origin.stop)
        cls.mailhold = harness.Mailhold(cls.folder / "mailhold", ["alice"], cls.origin)
        cls.mailhold.run("sync")
        cls.mailhold.start()
        cls.addClassCleanup(cls.mailhold.stop)
        cls.served = harness.digests(cls.mailhold.imap("alice"), "INBOX")

    def curl(self, path, *arguments, ok=True):
        done = subprocess.run(["curl", "-sS", "--max-time", "60", "--cacert", self.mailhold.data / "keys/tls.crt", "--user",
                               f"alice:{harness.PASSWORD}", f"imaps://localhost:{self.mailhold.tls_port}/{path}", *arguments],
                              capture_output=True)
        if ok:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_curl_lists_searches_and_fetches(self):
        self.assertIn(b'"All mail/alice"', self.curl(""))
        self.assertIn(b"SEARCH", self.curl("INBOX?ALL"))
        octets = self.curl("INBOX;UID=3")
        self.assertEqual(hashlib.sha256(octets).hexdigest(), self.served[3])
        header = self.curl("INBOX;UID=3;SECTION=HEADER")
        self.assertTrue(octets.startswith(header))
        self.assertIn(b"COUNT %d" % MAILS, self.curl("INBOX", "-X", "UID SEARCH RETURN (COUNT) ALL"))

    def test_curl_over_starttls(self):
        done = subprocess.run(["curl", "-sS", "--ssl-reqd", "--cacert", self.mailhold.data / "keys/tls.crt", "--user",
                               f"alice:{harness.PASSWORD}", f"imap://localhost:{self.mailhold.port}/INBOX;UID=1"],
                              capture_output=True)
        self.assertEqual(hashlib.sha256(done.stdout).hexdigest(), self.served[1], done.stderr)

    def test_a_login_in_plain_text_is_refused(self):
        connection = imaplib.IMAP4("127.0.0.1", self.mailhold.port)
        self.assertIn("LOGINDISABLED", connection.capabilities)
        with self.assertRaises(imaplib.IMAP4.error):
            connection.login("alice", harness.PASSWORD)
        connection.starttls(self.mailhold.context())
        self.assertEqual(connection.login("alice", harness.PASSWORD)[0], "OK")

    def test_text_sent_before_the_tls_handshake_is_not_obeyed_after_it(self):
        with socket.create_connection(("localhost", self.mailhold.port)) as plain:
            plain.recv(1000)
            plain.sendall(b"a STARTTLS\r\nb NOOP\r\n")
            answer = b""
            while b"\r\n" not in answer:
                answer += plain.recv(1000)
            self.assertTrue(answer.startswith(b"a OK"), answer)
            self.assertNotIn(b"b OK", answer)
            with self.mailhold.context().wrap_socket(plain, server_hostname="localhost") as tls:
                tls.sendall(b"c NOOP\r\n")
                answer = tls.recv(1000)
                self.assertTrue(answer.startswith(b"c OK"), answer)

    def test_imaplib_uses_every_reading_command(self):
        here = self.mailhold.imap("alice")
        self.assertEqual(here.select("INBOX", readonly=True), ("OK", [b"%d" % MAILS]))
        self.assertIn("READ-ONLY", here.untagged_responses)
        names = [re.sub(rb'.* "/" ', b"", line) for line in here.list()[1]]
        self.assertIn(b'"alice/&AMk-t&AOk-/Sub"', [n if n.startswith(b'"') else b'"%s"' % n for n in names])
        self.assertEqual(here.status("INBOX", "(MESSAGES UNSEEN)")[1], [b'INBOX (MESSAGES %d UNSEEN 0)' % MAILS])
        found = here.search("UTF-8", "NOT", "SUBJECT", '"qqqqq"')[1][0].split()
        self.assertEqual(len(found), MAILS)
        self.assertEqual(here.fetch("1", "(ENVELOPE BODYSTRUCTURE FLAGS INTERNALDATE RFC822.SIZE)")[0], "OK")
        for change in (lambda: here.store("1", "+FLAGS", r"(\Seen)"), lambda: here.copy("1", "INBOX"),
                       lambda: here.create("x"), lambda: here.delete("INBOX"), lambda: here.rename("INBOX", "y"),
                       lambda: here.append("INBOX", "", "", b"Subject: x\r\n\r\n"), here.expunge):
            self.assertEqual(change()[0], "NO")
        self.assertEqual(here.close()[0], "OK")
        self.assertEqual(here.logout()[0], "BYE")

    def test_mbsync_downloads_every_message_byte_for_byte(self):
        target = self.folder / "mbsync"
        target.mkdir()
        (self.folder / "mbsyncrc").write_text(f"""
IMAPStore remote
Host localhost
Port {self.mailhold.tls_port}
User alice
Pass {harness.PASSWORD}
SSLType IMAPS
CertificateFile {self.mailhold.data}/keys/tls.crt

MaildirStore local
Path {target}/
Inbox {target}/INBOX
SubFolders Verbatim

Channel pull
Far :remote:
Near :local:
Patterns INBOX
Create Near
Sync Pull
SyncState *
""")
        first = subprocess.run(["mbsync", "-c", self.folder / "mbsyncrc", "pull"], capture_output=True)
        self.assertEqual(first.returncode, 0, first.stderr)
        files = list((target / "INBOX").glob("[cn]*/*"))
        self.assertEqual(len(files), MAILS)
        again = subprocess.run(["mbsync", "-V", "-c", self.folder / "mbsyncrc", "pull"], check=True, capture_output=True)
        self.assertEqual(len(list((target / "INBOX").glob("[cn]*/*"))), MAILS, again.stdout)
        # mbsync adds an X-TUID field to each message, and makes line ends LF in its Maildir.
        here = sorted(hashlib.sha256(re.sub(rb"(?m)^X-TUID: .*\n", b"", f.read_bytes().replace(b"\r\n", b"\n"), count=1))
                      .hexdigest() for f in files)
        imap = self.mailhold.imap("alice")
        imap.select("INBOX", readonly=True)
        octets = [p[1] for p in imap.uid("FETCH", "1:*", "(BODY.PEEK[])")[1] if isinstance(p, tuple)]
        self.assertEqual(here, sorted(hashlib.sha256(o.replace(b"\r\n", b"\n")).hexdigest() for o in octets))

    def test_offlineimap_downloads_every_mailbox(self):
        target = self.folder / "offlineimap"
        target.mkdir()
        (self.folder / "offlineimaprc").write_text(f"""
[general]
accounts = a
metadata = {target}/meta
[Account a]
localrepository = local
remoterepository = remote
[Repository local]
type = Maildir
localfolders = {target}/mail
[Repository remote]
type = IMAP
readonly = True
remotehost = localhost
remoteport = {self.mailhold.tls_port}
remoteuser = alice
remotepass = {harness.PASSWORD}
ssl = yes
sslcacertfile = {self.mailhold.data}/keys/tls.crt
""")
        done = subprocess.run(["offlineimap", "-c", self.folder / "offlineimaprc", "-o", "-u", "basic"], capture_output=True,
                              env={**os.environ, "HOME": str(target)}, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])
        inbox = [f for f in (target / "mail/INBOX").rglob("*") if f.is_file() and f.parent.name in ("cur", "new")]
        self.assertEqual(len(inbox), MAILS)

    def test_two_clients_on_one_mailbox_see_a_new_message_and_idle_is_told(self):
        first, second = self.mailhold.imap("alice"), self.mailhold.imap("alice")
        for connection in (first, second):
            connection.select('"alice/&AMk-t&AOk-/Sub"', readonly=True)
        second.send(b"x1 IDLE\r\n")
        self.assertTrue(second.readline().startswith(b"+"))
        at_origin = self.origin.imap("alice")
        at_origin.append('"&AMk-t&AOk-/Sub"', "", None, b"Subject: for two\r\n\r\nhello\r\n")
        second.sock.settimeout(90)
        pushed = second.readline()
        self.assertRegex(pushed, rb"\* 11 EXISTS")
        second.send(b"DONE\r\n")
        wait_for(lambda: first.noop() and first.search(None, "SUBJECT", '"for two"')[1] == [b"11"], what="the other client")


if __name__ == "__main__":
    unittest.main(verbosity=2)
