"""Extensions of IMAP that the mirror uses where an origin offers them, against a real Dovecot: NOTIFY and COMPRESS=DEFLATE."""
import socket
import threading
import unittest

import harness
from harness import wait_for


class Relay:
    """Carries one line after the other between a port of its own and another, and counts what comes from there."""

    def __init__(self, port):
        self.to = port
        self.octets = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, source, target, counted):
        try:
            while octets := source.recv(65536):
                self.octets += len(octets) if counted else 0
                target.sendall(octets)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()


class Extensions(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        self.folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)

    def start_origin(self, extra=""):
        self.origin = harness.Origin(self.folder / "origin", extra)
        self.addCleanup(self.origin.stop)

    def mailhold(self, name="mailhold", keys="", port=None):
        made = harness.Mailhold(self.folder / name, ["alice"], self.origin)
        text = made.config.read_text().replace('name = "alice"\nurl', f'name = "alice"\n{keys}\nurl', 1)
        if port:
            text = text.replace(f":{self.origin.tls_port}", f":{port}")
        made.config.write_text(text)
        self.addCleanup(lambda: made.process and made.stop())
        return made

    def test_a_message_in_any_of_twenty_mailboxes_is_found_without_a_poll(self):
        self.start_origin()
        names = ["INBOX"] + [f"Folder {i}" for i in range(19)]
        mails = harness.sample_mail(40)
        for name, mail in zip(names, mails):
            self.origin.deliver("alice", name, [mail])
        self.origin.start()
        with self.mailhold(keys="poll_seconds = 86400\nconnections = 1") as mailhold:
            wait_for(lambda: mailhold.status()["accounts"][0].get("mirror", {}).get("state") == "watching", what="first mirror")
            at_origin = self.origin.imap("alice")
            before = mailhold.status()["sightings"]
            for i, (name, mail) in enumerate(zip(names, mails[20:]), 1):
                at_origin.append(f'"{name}"', "", None, mail.read_bytes())
                wait_for(lambda: mailhold.status()["sightings"] == before + i, what=f"news of {name}")
            here = mailhold.imap("alice")
            at_origin.select('"Folder 3"')
            at_origin.store("1", "+FLAGS", "\\Flagged")
            wait_for(lambda: here.select('"alice/Folder 3"', readonly=True)[0] == "OK" and
                     here.uid("SEARCH", "FLAGGED")[1] == [b"1"], what="news of a flag")
            at_origin.close()
            at_origin.rename('"Folder 4"', "Renamed")
            wait_for(lambda: here.select("alice/Renamed", readonly=True)[0] == "OK" and
                     here.uid("SEARCH", "ALL")[1] == [b"1 2"], what="news of a rename")

    def test_a_compressed_line_brings_the_same_messages_in_fewer_octets(self):
        self.start_origin("protocol imap {\n  mail_plugins = zlib imap_zlib\n}\n")
        self.origin.deliver("alice", "INBOX", harness.sample_mail())
        self.origin.start()
        octets = {}
        for compress in ("always", "never"):
            relay = Relay(self.origin.tls_port)
            self.addCleanup(relay.close)
            mailhold = self.mailhold(compress, f'compress = "{compress}"', relay.port)
            mailhold.run("sync")
            octets[compress] = relay.octets
            with mailhold:
                there, here = self.origin.imap("alice"), mailhold.imap("alice")
                self.assertEqual(sorted(harness.digests(there, "INBOX").values()),
                                 sorted(harness.digests(here, "INBOX").values()))
        self.assertLess(octets["always"], 0.7 * octets["never"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
