"""Starts the real programs the tests and the demo work with: Debian's Dovecot as an origin, and Mailhold.
Everything stays in one folder and on loopback; nothing is left behind."""
import base64
import contextlib
import email.utils
import getpass
import grp
import hashlib
import imaplib
import json
import os
import pathlib
import pwd
import re
import resource
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MAIL = ROOT / "tests" / "data" / "mail"
PASSWORD = "wonderland"


def program():
    """The mailhold under test."""
    return os.environ.get("MAILHOLD_PROGRAM", str(ROOT / "build" / "mailhold"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, seconds=30, what="condition"):
    """Polls until condition() is true and returns its value; the deadline is for a hung program, not for speed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not within {seconds} s")


def sample_mail(most=None):
    """Paths of the sample mails, in a fixed order."""
    files = sorted(MAIL.glob("*/*.eml"))
    return files if most is None else files[:most]


@contextlib.contextmanager
def work_folder(keep=False):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mailhold-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def delivery_time(octets):
    """What the sample's Date field says, kept within what a file system and IMAP can say."""
    match = re.search(rb"(?im)^date:\s*(.*)$", octets[:20000])
    with contextlib.suppress(Exception):
        seconds = email.utils.parsedate_to_datetime(match.group(1).decode("ascii", "replace").strip()).timestamp()
        return min(max(seconds, 86400), 2e9)
    return 1_000_000_000


def utf7(name):
    """Modified UTF-7 (RFC 3501 5.1.3), for names with accents."""
    return re.sub(r"[^ -~]+", lambda m: "&" + base64.b64encode(m.group().encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
                  + "-", name.replace("&", "&-"))


def make_certificate(folder):
    """cert.pem and key.pem in the folder, and what a server of this machine does TLS with."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


class Origin:
    """A Dovecot with Maildirs under folder/home/USER; any user, one password; IMAP with STARTTLS, and IMAPS."""

    def __init__(self, folder, extra=""):
        self.folder = pathlib.Path(folder)
        self.port, self.tls_port = free_port(), free_port()
        self.extra = extra  # of its configuration
        self.process = None
        self.environment = dict(os.environ)
        self.is_root = os.geteuid() == 0
        self.mail_user = "mail" if self.is_root else getpass.getuser()
        self.folder.mkdir(parents=True, exist_ok=True)
        make_certificate(self.folder)
        self._configure()

    @property
    def ca_file(self):
        return str(self.folder / "cert.pem")

    def _command(self):
        """What runs in the foreground."""
        return ["dovecot", "-F", "-c", self.folder / "dovecot.conf"]

    def _configure(self):
        f = self.folder
        me = getpass.getuser()
        group = grp.getgrgid(os.getegid()).gr_name
        users = "" if self.is_root else f"""
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""
        (f / "dovecot.conf").write_text(f"""
base_dir = {f}/run
state_dir = {f}/state
log_path = {f}/dovecot.log
listen = 127.0.0.1
protocols = imap
ssl = yes
ssl_cert = <{f}/cert.pem
ssl_key = <{f}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {self.mail_user}
mail_gid = {grp.getgrgid(pwd.getpwnam(self.mail_user).pw_gid).gr_name}
mail_home = {f}/home/%u
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
maildir_very_dirty_syncs = no
{users}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = home={f}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
{self.extra}
""")

    def deliver(self, user, mailbox, paths_or_octets, flags=""):
        """Puts messages into a Maildir, byte for byte, as a delivery agent would."""
        maildir = self.folder / "home" / user / "Maildir"
        if mailbox.upper() != "INBOX":
            maildir = maildir / ("." + utf7(mailbox).replace("/", "."))
        for sub in ("cur", "new", "tmp"):
            (maildir / sub).mkdir(parents=True, exist_ok=True)
        if mailbox.upper() != "INBOX":
            (maildir / "maildirfolder").touch()
        first = len(os.listdir(maildir / "cur")) + len(os.listdir(maildir / "new")) + 1
        for i, item in enumerate(paths_or_octets):
            octets = item if isinstance(item, bytes) else pathlib.Path(item).read_bytes()
            name = f"{1_000_000_000 + first + i:010d}.M{time.monotonic_ns()}P{os.getpid()}.origin"
            fresh = maildir / "tmp" / name
            fresh.write_bytes(octets)
            when = delivery_time(octets)
            os.utime(fresh, (when, when))
            if self.is_root:
                shutil.chown(fresh, self.mail_user, self.mail_user)
            fresh.rename(maildir / "cur" / f"{name}:2,{flags}")
        if self.is_root:
            for path in [self.folder / "home", *(self.folder / "home").rglob("*")]:
                if path.is_dir():
                    shutil.chown(path, self.mail_user, self.mail_user)

    def start(self):
        self.log = open(self.folder / "stderr.log", "ab")
        self.process = subprocess.Popen(self._command(), stdout=self.log, stderr=self.log, env=self.environment)
        wait_for(self._answers, what=f"{self._command()[0]} starting, see {self.folder}")
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self._command()[0]} ended: " + (self.folder / "stderr.log").read_text())
        with contextlib.suppress(OSError):
            with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                return s.recv(100).startswith(b"* OK")

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
            self.log.close()

    def imap(self, user):
        connection = imaplib.IMAP4_SSL("127.0.0.1", self.tls_port, ssl_context=ssl.create_default_context(cafile=self.ca_file))
        connection.login(user, PASSWORD)
        return connection

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class Mailhold:
    """A mailhold with a configuration in `folder`; local users have the one password too. Small segments, so that a little
    mail fills several."""

    def __init__(self, folder, accounts, origin=None, users=None, extra="", security="imaps", segment_mib=1):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.tls_port, self.http_port = free_port(), free_port(), free_port()
        self.accounts = accounts
        self.process = None
        self.config = self.folder / "mailhold.toml"
        self.data = self.folder / "data"
        (self.folder / "password").write_text(PASSWORD + "\n")
        (self.folder / "password").chmod(0o600)
        digest = subprocess.run([program(), "passwd"], input=PASSWORD + "\n", text=True, check=True,
                                capture_output=True).stdout.strip().splitlines()[-1]
        users = users or {a: [a] for a in accounts}
        port = {"imaps": origin.tls_port, "imap": origin.port}[security] if origin else 1
        lines = [f'data = "{self.data}"', "[ledger]", f"segment_mib = {segment_mib}", "[imap]", f'listen = ["127.0.0.1:{self.port}"]',
                 f'listen_tls = ["127.0.0.1:{self.tls_port}"]', "[http]", f'listen = "127.0.0.1:{self.http_port}"']
        for account in accounts:
            lines += ["[[account]]", f'name = "{account}"', f'url = "{security}://{account}@localhost:{port}"',
                      f'password_file = "{self.folder}/password"', f'ca_file = "{origin.ca_file if origin else ""}"']
        for user, owned in users.items():
            lines += ["[[user]]", f'name = "{user}"', f'password_hash = "{digest}"', f"accounts = {json.dumps(owned)}"]
        self.config.write_text(extra + "\n" + "\n".join(lines) + "\n")

    def run(self, *arguments, check=True, environment=None, **options):
        """Runs a subcommand; one that must not fail and does is told with what it printed."""
        done = subprocess.run([program(), *arguments, "--config", self.config], capture_output=True,
                              env={**os.environ, **(environment or {})}, **options)
        if check and done.returncode:
            raise RuntimeError(f"mailhold {' '.join(map(str, arguments))} ended with {done.returncode}: " +
                               str(done.stdout)[-2000:] + str(done.stderr)[-4000:])
        return done

    def start(self, environment=None, wait=True, limits=()):
        self.log = open(self.folder / "mailhold.log", "ab")
        self.process = subprocess.Popen([program(), "serve", "--config", self.config], stdout=self.log, stderr=self.log,
                                        env={**os.environ, **(environment or {})},
                                        preexec_fn=lambda: [resource.setrlimit(*limit) for limit in limits])
        if wait:
            wait_for(self.ready, what="Mailhold starting, see " + str(self.folder / "mailhold.log"))
        return self

    def ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"mailhold ended with {self.process.returncode}: " +
                               (self.folder / "mailhold.log").read_text()[-3000:])
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/readyz", timeout=2).status == 200

    def status(self):
        return json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/api/v1/status", timeout=5))

    def metrics(self):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/metrics", timeout=5).read().decode()

    def stop(self, how=signal.SIGTERM):
        if not self.process:
            return None
        self.process.send_signal(how)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process = None
        self.log.close()
        return code

    def context(self):
        return ssl.create_default_context(cafile=str(self.data / "keys" / "tls.crt"))

    def imap(self, user):
        connection = imaplib.IMAP4_SSL("localhost", self.tls_port, ssl_context=self.context())
        connection.login(user, PASSWORD)
        return connection

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process:
            self.stop()


def settled(database):
    """The same path, once all that SQLite keeps beside the file is in it, and nothing is beside it any more."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return database


def digests(connection, mailbox):
    """SHA-256 of every message in a mailbox, by UID, as the server serves it."""
    status, data = connection.select(f'"{mailbox}"', readonly=True)
    assert status == "OK", data
    if int(data[0]) == 0:
        return {}
    found = {}
    status, answer = connection.uid("FETCH", "1:*", "(UID BODY.PEEK[])")
    assert status == "OK", answer
    for part in answer:
        if isinstance(part, tuple):
            uid = int(re.search(rb"UID (\d+)", part[0]).group(1))
            found[uid] = hashlib.sha256(part[1]).hexdigest()
    return found
