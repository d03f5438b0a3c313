"""An origin that shows less security than it did before is given no password, until people confirm it."""
import json
import re
import socket
import ssl
import threading
import unittest

import harness


class Impostor:
    """Takes the place of an origin, with its certificate: an older TLS, the greeting it is given, and ears."""

    def __init__(self, port, certificates, capabilities):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.greeting = f"* OK [CAPABILITY IMAP4rev1 {capabilities}] hi\r\n".encode()
        self.heard = b""
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with harness.contextlib.suppress(OSError), self.context.wrap_socket(connection, server_side=True) as client:
                client.sendall(self.greeting)
                while line := client.recv(4096):
                    self.heard += line
                    client.sendall(line.split()[0] + b" NO not here\r\n")

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Downgrade(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        self.folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)
        self.origin = harness.Origin(self.folder / "origin")
        self.addCleanup(self.origin.stop)
        self.origin.deliver("alice", "INBOX", harness.sample_mail(3))
        self.mechanisms("plain login scram-sha-256")
        self.mailhold = harness.Mailhold(self.folder / "mailhold", ["alice"], self.origin)
        self.addCleanup(lambda: self.mailhold.process and self.mailhold.stop())
        self.mailhold.run("sync")

    def mechanisms(self, names):
        self.origin.stop()
        configuration = self.origin.folder / "dovecot.conf"
        configuration.write_text(re.sub("(?m)^auth_mechanisms = .*$", f"auth_mechanisms = {names}", configuration.read_text()))
        self.origin.start()

    def logins(self):
        return (self.origin.folder / "dovecot.log").read_bytes().count(b"Login: user=<alice>")

    def mirror(self):
        return json.loads(self.mailhold.run("status", "--json").stdout)["accounts"][0].get("mirror") or {"state": ""}

    def test_scram_that_is_gone_is_refused_shown_and_can_be_confirmed(self):
        self.mechanisms("plain login")
        before = self.logins()
        done = self.mailhold.run("sync", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"no SCRAM, where it offered SCRAM-SHA-256", done.stderr)
        self.assertIn(b"mailhold trust alice", done.stderr)
        with self.mailhold:
            harness.wait_for(lambda: self.mirror()["state"] == "downgraded", what="the state")
            self.assertIn('mailhold_downgrade_refused{account="alice"} 1', self.mailhold.metrics())
            self.assertIn(b"no SCRAM", self.mailhold.run("status").stdout)
            self.assertIn(b"sync.downgrade", (self.mailhold.folder / "mailhold.log").read_bytes())
            refused = self.mailhold.run("trust", "alice", input=b"no\n", check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertEqual(self.logins(), before)

            told = self.mailhold.run("trust", "alice", "--yes").stdout
            self.assertIn(b"That is less: no SCRAM", told)
            self.mailhold.process.send_signal(harness.signal.SIGHUP)
            harness.wait_for(lambda: self.mirror()["state"] == "watching", 60, what="watching after it was confirmed")
            self.assertIn('mailhold_downgrade_refused{account="alice"} 0', self.mailhold.metrics())
            self.assertFalse((self.mailhold.data / "trust/alice").exists())
        self.assertGreater(self.logins(), before)
        self.assertIn(b"nothing to confirm", self.mailhold.run("trust", "alice").stdout)
        self.mechanisms("plain login scram-sha-256")  # better again: no question
        self.mailhold.run("sync")
        self.mechanisms("plain login")  # what was confirmed was another downgrade
        self.assertEqual(self.mailhold.run("sync", check=False).returncode, 1)
        self.mailhold.run("rebuild")
        self.assertEqual(self.mailhold.run("sync", check=False).returncode, 1)
        self.assertEqual(self.mailhold.run("verify").returncode, 0)

    def test_an_older_tls_is_told_nothing(self):
        self.origin.stop()
        impostor = Impostor(self.origin.tls_port, self.origin.folder, "SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256")
        self.addCleanup(impostor.close)
        done = self.mailhold.run("sync", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"TLSv1.2, where it was TLSv1.3", done.stderr)
        self.assertEqual(impostor.heard, b"")

    def test_a_new_key_is_taken_note_of(self):
        self.origin.stop()
        harness.make_certificate(self.origin.folder)
        self.origin.start()
        with self.mailhold:
            harness.wait_for(lambda: self.mirror()["state"] == "watching", 60, what="the mirror")
        self.assertIn(b"sync.new_key", (self.mailhold.folder / "mailhold.log").read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=2)
