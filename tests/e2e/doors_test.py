"""Ways to log in beside a password: a client's certificate (EXTERNAL), an access token (OAUTHBEARER, XOAUTH2), and all of
it behind a load balancer."""
import base64
import contextlib
import http.server
import imaplib
import json
import resource
import signal
import socket
import ssl
import struct
import subprocess
import threading
import unittest
import urllib.parse

import harness

TOKENS = {"g00d-t0ken": {"active": True, "username": "alice", "scope": "imap profile"},
          "narr0w-t0ken": {"active": True, "username": "alice", "scope": "profile"},
          "str4nger-t0ken": {"active": True, "username": "nobody", "scope": "imap"}}


class Giver(http.server.BaseHTTPRequestHandler):
    """Introspects tokens (RFC 7662) for who knows the secret."""
    asked = []

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        known = self.headers["Authorization"] == "Basic " + base64.b64encode(b"mailhold:s3cret").decode()
        Giver.asked.append(form["token"][0])
        body = json.dumps(TOKENS.get(form["token"][0], {"active": False})).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def certificate(folder, name, addresses):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName={addresses}", "-keyout", folder / f"{name}.key",
                    "-out", folder / f"{name}.crt"], check=True, capture_output=True)
    return folder / f"{name}.crt", folder / f"{name}.key"


def revocations(folder, pair, revoked):
    """A revocation list of an authority that is its own only certificate."""
    (folder / "ca.conf").write_text(f"[ca]\ndefault_ca = d\n[d]\ndatabase = {folder}/index.txt\ncrlnumber = {folder}/number\n"
                                    "default_md = sha256\ndefault_crl_days = 2\n")
    (folder / "index.txt").write_text("")
    (folder / "number").write_text("01\n")
    ca = ["openssl", "ca", "-config", folder / "ca.conf", "-cert", pair[0], "-keyfile", pair[1]]
    for what in [["-revoke", pair[0]]] * revoked + [["-gencrl"]]:
        made = subprocess.run([*ca, *what], check=True, capture_output=True, text=True).stdout
    return made


class From(imaplib.IMAP4_SSL):
    """A client at an address of its own, so that the failures of one do not slow the next."""
    last = 10

    def _create_socket(self, timeout):
        From.last += 1
        plain = socket.create_connection((self.host, self.port), source_address=(f"127.0.0.{From.last}", 0))
        return self.ssl_context.wrap_socket(plain, server_hostname="localhost")


class Doors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        cls.folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        server = certificate(cls.folder, "giver", "DNS:localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*server)
        giver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Giver)
        giver.socket = context.wrap_socket(giver.socket, server_side=True)
        threading.Thread(target=giver.serve_forever, daemon=True).start()
        cls.addClassCleanup(giver.shutdown)
        (cls.folder / "secret").write_text("s3cret\n")
        (cls.folder / "secret").chmod(0o600)
        cls.alice = certificate(cls.folder, "alice", "email:Alice@example.org")
        cls.bob = certificate(cls.folder, "bob", "email:bob@example.org")
        cls.mailhold = harness.Mailhold(cls.folder / "mailhold", ["mail"], users={"alice": ["mail"], "bob": ["mail"]})
        text = cls.mailhold.config.read_text()
        text = text.replace("[http]", f"""client_ca = "{cls.alice[0]}"
proxy_from = ["127.0.0.2/32"]
[imap.oauth]
introspection_url = "https://localhost:{giver.server_port}/introspect"
client_id = "mailhold"
client_secret_file = "{cls.folder}/secret"
scope = "imap"
ca_file = "{server[0]}"
[http]""")
        cls.text = text.replace('name = "alice"', 'name = "alice"\ncertificate = ["alice@example.org"]').replace(
            'name = "bob"', 'name = "bob"\ncertificate = ["bob@example.org"]')
        cls.mailhold.config.write_text(cls.text)
        cls.mailhold.start()
        cls.addClassCleanup(lambda: cls.mailhold.process and cls.mailhold.stop())

    def connect(self, pair=None, version=None):
        context = self.mailhold.context()
        if version:
            context.maximum_version = version
        if pair:
            context.load_cert_chain(*pair)
        return From("127.0.0.1", self.mailhold.tls_port, ssl_context=context)

    def log(self):
        return (self.mailhold.folder / "mailhold.log").read_text()

    def test_a_certificate_lets_its_user_in_with_every_version_of_tls(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            client = self.connect(self.alice, version)
            self.assertIn("AUTH=EXTERNAL", client.capabilities)
            if version == ssl.TLSVersion.TLSv1_3:
                with self.assertRaises(imaplib.IMAP4.error):
                    client.authenticate("EXTERNAL", lambda _: b"bob")
            client.authenticate("EXTERNAL", lambda _: b"")
            client.logout()
        without = self.connect()
        self.assertNotIn("AUTH=EXTERNAL", without.capabilities)
        without.login("alice", harness.PASSWORD)
        without.logout()
        with self.assertRaises((OSError, imaplib.IMAP4.error)):
            self.connect(self.bob)
        # At a reload another authority comes in, or a list of what is revoked.
        authorities = self.folder / "authorities.pem"
        self.reload(self.text.replace(str(self.alice[0]), str(authorities)), authorities, self.bob[0].read_text())
        bob = self.connect(self.bob)
        bob.authenticate("EXTERNAL", lambda _: b"bob")
        with self.assertRaises((OSError, imaplib.IMAP4.error)):
            self.connect(self.alice)
        for revoked in (False, True):
            self.reload(self.mailhold.config.read_text(), authorities,
                        self.bob[0].read_text() + revocations(self.folder, self.bob, revoked))
            with self.assertRaisesRegex(imaplib.IMAP4.abort, "withdrawn"):  # who logged in under others
                harness.wait_for(lambda: bob.noop() is None, what="BYE")
            if revoked:
                with self.assertRaises((OSError, imaplib.IMAP4.error)):
                    self.connect(self.bob)
            else:
                bob = self.connect(self.bob)
                bob.authenticate("EXTERNAL", lambda _: b"bob")

    def reload(self, config, authorities, text):
        authorities.write_text(text)
        self.mailhold.config.write_text(config)
        before = self.log().count("reload.done")
        self.mailhold.process.send_signal(signal.SIGHUP)
        harness.wait_for(lambda: self.log().count("reload.done") > before, what="reload")

    def test_many_who_only_connect_keep_nobody_out(self):
        mailhold = harness.Mailhold(self.folder / "crowded", ["mail"], users={"alice": ["mail"]})
        mailhold.start(limits=[(resource.RLIMIT_NOFILE, (256, 700))])
        self.addCleanup(mailhold.stop)
        crowd = []
        for _ in range(800):
            with contextlib.suppress(OSError):
                crowd.append(socket.create_connection(("127.0.0.1", mailhold.port), 10))
        turned_away = f"mailhold_imap_connections_turned_away_total {len(crowd) - 175}"
        harness.wait_for(lambda: turned_away in mailhold.metrics(), what="the oldest making room")
        client = imaplib.IMAP4_SSL("127.0.0.1", mailhold.tls_port, ssl_context=mailhold.context())
        client.login("alice", harness.PASSWORD)
        self.assertTrue(mailhold.ready())
        client.logout()
        for one in crowd:
            one.close()
        self.assertIn("imap.connections wanted=10000 at_most=350", (mailhold.folder / "mailhold.log").read_text())

    def test_a_token_is_introspected_once_and_never_written_down(self):
        def say(token, user=b"", mechanism="OAUTHBEARER"):
            text = b"n," + (b"a=" + user if user else b"") + b",\1auth=Bearer " + token + b"\1\1"
            if mechanism == "XOAUTH2":
                text = b"user=" + user + b"\1auth=Bearer " + token + b"\1\1"
            texts = [text, b"\1"]
            client = self.connect()
            challenges = []
            try:
                client.authenticate(mechanism, lambda said: challenges.append(said) or texts.pop(0))
                return True, challenges
            except imaplib.IMAP4.error:
                return False, challenges
            finally:
                client.shutdown()
        self.assertTrue(say(b"g00d-t0ken")[0])
        self.assertTrue(say(b"g00d-t0ken", b"alice", "XOAUTH2")[0])
        self.assertEqual(Giver.asked.count("g00d-t0ken"), 1)
        for token, user in ((b"narr0w-t0ken", b""), (b"str4nger-t0ken", b""), (b"unkn0wn-t0ken", b""), (b"g00d-t0ken", b"bob")):
            let_in, challenges = say(token, user)
            self.assertFalse(let_in, token)
            self.assertEqual(json.loads(challenges[1]), {"status": "invalid_token", "schemes": "bearer", "scope": "imap"})
        log = self.log()
        self.assertIn("imap.login_failed", log)
        self.assertNotIn("t0ken", log)

    def test_behind_a_balancer_the_record_names_the_client(self):
        header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", 12) + socket.inet_aton("192.0.2.7") + \
            socket.inet_aton("127.0.0.1") + struct.pack("!HH", 4711, 993)
        raw = socket.create_connection(("127.0.0.1", self.mailhold.tls_port), source_address=("127.0.0.2", 0))
        raw.sendall(header)
        line = self.mailhold.context().wrap_socket(raw, server_hostname="localhost")
        reader = line.makefile("rb")
        self.assertIn(b"* OK", reader.readline())
        line.sendall(b"a LOGIN alice wrong\r\n")
        self.assertIn(b"a NO", reader.readline())
        self.assertIn("192.0.2.7:4711", self.log())
        line.close()
        bare = socket.create_connection(("127.0.0.1", self.mailhold.port), source_address=("127.0.0.2", 0))
        bare.sendall(b"a NOOP\r\n")
        self.assertEqual(bare.makefile("rb").read(), b"")
        bare.close()


if __name__ == "__main__":
    unittest.main()
