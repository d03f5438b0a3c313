#!/usr/bin/env python3
"""Every way to log in that Dovecot knows, against a real one: SCRAM, PLAIN, tokens that are refreshed at an endpoint over
HTTPS, consent by device authorisation; and what is shown when the origin refuses."""
import http.server
import json
import ssl
import subprocess
import threading
import time
import unittest
import urllib.parse

import harness


class Endpoint(http.server.ThreadingHTTPServer):
    """A token endpoint and a token introspection, scripted: which tokens count, and what was asked."""

    def __init__(self, certificate=None):
        self.valid, self.refresh_token, self.asked, self.number, self.pending = set(), "refresh-0", [], 0, 2
        super().__init__(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def grant(self):
        self.number += 1
        self.valid = {f"token-{self.number}"}
        self.refresh_token = f"refresh-{self.number}"
        return 200, {"access_token": f"token-{self.number}", "expires_in": 3600, "refresh_token": self.refresh_token}

    def answer(self, path, form):
        self.asked.append((path, form))
        if path == "/device":
            return 200, {"device_code": "D", "user_code": "WDJB-MJHT", "verification_uri": "https://localhost/go",
                         "expires_in": 60, "interval": 1}
        if form["grant_type"] == "refresh_token":
            return self.grant() if form["refresh_token"] == self.refresh_token else (400, {"error": "invalid_grant"})
        self.pending -= 1
        return (400, {"error": "authorization_pending"}) if self.pending > 0 else self.grant()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    introspects = None  # the Endpoint whose tokens count

    def reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.reply(*self.server.answer(self.path, dict(urllib.parse.parse_qsl(text))))

    def do_GET(self):  # Dovecot asks whose a token is
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        known = token in Handler.introspects.valid
        self.reply(200 if known else 401, {"active": True, "username": "alice"} if known else {"error": "invalid_token"})

    def log_message(self, *_):
        pass


class Login(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = harness.contextlib.ExitStack()
        cls.folder = cls.stack.enter_context(harness.work_folder())
        origin = harness.Origin(cls.folder / "origin")
        introspection = Endpoint()
        cls.endpoint = Endpoint(origin.folder)
        Handler.introspects = cls.endpoint
        for server in (introspection, cls.endpoint):
            cls.stack.callback(server.server_close)
            cls.stack.callback(server.shutdown)
        (origin.folder / "oauth2.conf.ext").write_text(
            f"introspection_mode = auth\nintrospection_url = http://127.0.0.1:{introspection.port}/whose\n"
            "username_attribute = username\n")
        configuration = origin.folder / "dovecot.conf"
        text = configuration.read_text().replace(
            "auth_mechanisms = plain login", "auth_mechanisms = plain login scram-sha-1 scram-sha-256 oauthbearer xoauth2")
        text += f"""
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {origin.folder}/oauth2.conf.ext
}}
"""
        configuration.write_text(text.replace("passdb {\n  driver = static",
                                              "passdb {\n  mechanisms = plain login scram-sha-1 scram-sha-256\n  driver = static", 1))
        cls.origin = cls.stack.enter_context(origin)
        cls.origin.deliver("alice", "INBOX", harness.sample_mail(3))

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def mailhold(self, name, proof, origin=None):
        """One whose only account logs in by these lines of configuration, instead of its password."""
        program = harness.Mailhold(self.folder / name, ["alice"], origin or self.origin)
        lines = program.config.read_text().splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("password_file"))
        lines[at:at + 1] = []
        at = lines.index("[[user]]")
        lines[at:at] = proof
        program.config.write_text("\n".join(lines) + "\n")
        return program

    def messages(self, program):
        done = json.loads(program.run("sync", "--json").stdout.splitlines()[-1])
        self.assertTrue(done["accounts"][0]["complete"], done)
        return done["messages"]

    def last_mechanism(self):
        logins = [line for line in (self.origin.folder / "dovecot.log").read_text().splitlines() if "Login: user=<alice>" in line]
        return logins[-1].split("method=")[1].split(",")[0]

    def test_each_mechanism_that_is_offered_can_be_fixed_and_the_strongest_is_the_default(self):
        password = f'password_file = "{self.folder}/secret"'
        (self.folder / "secret").write_text(harness.PASSWORD)
        (self.folder / "secret").chmod(0o600)
        for mechanism in ("", "scram-sha-256", "scram-sha-1", "plain", "login"):
            with self.subTest(mechanism=mechanism):
                program = self.mailhold(f"by-{mechanism}", [password, f'mechanism = "{mechanism}"'])
                self.assertEqual(self.messages(program), 3)
                self.assertEqual(self.last_mechanism(), (mechanism or "scram-sha-256").upper())

    def oauth(self, extra=()):
        return ["[account.oauth]", f'token_url = "https://localhost:{self.endpoint.port}/token"', 'client_id = "mailhold"',
                f'ca_file = "{self.origin.ca_file}"', *extra]

    def test_a_token_command_logs_in(self):
        self.endpoint.valid.add("from-a-command")
        for mechanism in ("xoauth2", "oauthbearer"):
            program = self.mailhold(f"command-{mechanism}", [f'mechanism = "{mechanism}"', "[account.oauth]",
                                                            'token_command = "echo from-a-command"'])
            self.assertEqual(self.messages(program), 3)
            self.assertEqual(self.last_mechanism(), mechanism.upper())

    def test_a_refresh_token_is_used_rotated_and_its_end_is_one_clear_state(self):
        program = self.mailhold("refresh", self.oauth())
        refused = program.run("sync", "--json", check=False)
        self.assertIn("consent needed (mailhold login alice)", refused.stdout.decode())
        program.run("login", "alice", input=self.endpoint.refresh_token.encode() + b"\n")
        kept = program.data / "tokens" / "alice"
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        self.assertEqual(kept.read_text().strip(), self.endpoint.refresh_token)
        self.assertEqual(self.messages(program), 3)
        self.assertEqual(kept.read_text().strip(), self.endpoint.refresh_token)

        self.endpoint.refresh_token, self.endpoint.valid = "withdrawn", set()
        with program:
            state = harness.wait_for(lambda: self.mirror(program, "refused"), what="the refused state")
            self.assertIn("consent needed again", state["problem"])
            self.assertIn("mailhold login alice", state["problem"])
            asked = len(self.endpoint.asked)
            self.assertIn(b"consent needed again", program.run("status").stdout)
            time.sleep(3)
            self.assertEqual(len(self.endpoint.asked), asked, "a login loop")
            # Consent, then SIGHUP: it goes on at once.
            program.run("login", "alice", input=b"withdrawn\n")
            program.process.send_signal(harness.signal.SIGHUP)
            harness.wait_for(lambda: self.mirror(program, "watching"), what="watching after consent")

    def mirror(self, program, state):
        told = json.loads(program.run("status", "--json").stdout)["accounts"][0].get("mirror")
        return told if told and told["state"] == state else None

    def test_consent_is_asked_for_on_another_device(self):
        program = self.mailhold("device", self.oauth([f'device_url = "https://localhost:{self.endpoint.port}/device"']))
        self.endpoint.pending = 2
        told = program.run("login", "alice").stdout.decode()
        self.assertIn("https://localhost/go", told)
        self.assertIn("WDJB-MJHT", told)
        self.assertEqual(self.messages(program), 3)

    def test_an_endpoint_that_nobody_vouches_for_is_given_nothing(self):
        lines = [line for line in self.oauth() if not line.startswith("ca_file")]
        program = self.mailhold("untrusted", lines)
        asked = len(self.endpoint.asked)
        failed = program.run("login", "alice", input=b"secret-refresh\n", check=False)
        self.assertEqual(failed.returncode, 1)
        self.assertNotIn(b"secret-refresh", failed.stderr)
        self.assertEqual(len(self.endpoint.asked), asked)

    def test_a_certificate_alone_logs_in(self):
        origin = harness.Origin(self.folder / "external")
        own = self.folder / "external" / "alice"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-keyout", f"{own}.key", "-out", f"{own}.pem", "-subj", "/CN=alice"], check=True, capture_output=True)
        configuration = origin.folder / "dovecot.conf"
        configuration.write_text(
            configuration.read_text().replace("auth_mechanisms = plain login", "auth_mechanisms = plain external")
            .replace("passdb {", "passdb {\n  driver = static\n  mechanisms = external\n  args = nopassword\n}\npassdb {", 1)
            + f"ssl_ca = <{own}.pem\nssl_verify_client_cert = yes\nssl_require_crl = no\nauth_ssl_username_from_cert = yes\n")
        with origin:
            origin.deliver("alice", "INBOX", harness.sample_mail(2))
            program = self.mailhold("certificate", [f'client_certificate = "{own}.pem"', f'client_key = "{own}.key"'], origin)
            self.assertEqual(self.messages(program), 2)

    def test_a_wrong_password_is_tried_once_and_said_to_be_wrong(self):
        (self.folder / "wrong").write_text("not it")
        (self.folder / "wrong").chmod(0o600)
        program = self.mailhold("wrong-password", [f'password_file = "{self.folder}/wrong"', 'mechanism = "plain"'])
        with program:
            state = harness.wait_for(lambda: self.mirror(program, "refused"), what="the refused state")
            self.assertIn("wrong password", state["problem"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
