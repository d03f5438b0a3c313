"""Origins beside harness.Origin's Dovecot: Debian's Cyrus, and public-inbox-imapd. Both run in the foreground, in one folder
and on loopback; no service of the machine is touched."""
import os
import pathlib
import re
import shutil
import subprocess

import harness

CYRUS = "/usr/lib/cyrus/bin"


def cyrus_imapd():
    """Debian's cyrus-imapd and dovecot-imapd exclude each other; ./dev unpacks the one beside the other."""
    places = [pathlib.Path(CYRUS, "imapd"), harness.ROOT / "build-peers/usr/lib/cyrus/bin/imapd"]
    return next((place for place in places if place.exists()), None)


def with_crlf(octets):
    return re.sub(rb"\r?\n", b"\r\n", octets)


class Cyrus(harness.Origin):
    """Any user, any password; INBOX and Work are there from the first login on."""

    def _command(self):
        return ["/usr/sbin/cyrmaster", "-D", "-C", self.folder / "imapd.conf", "-M", self.folder / "cyrus.conf",
                "-p", self.folder / "master.pid"]

    def _configure(self):
        f = self.folder
        owner = "cyrus" if self.is_root else self.mail_user
        shutil.copy(cyrus_imapd(), f / "imapd")  # where its user may go
        (f / "imapd.conf").write_text(f"""
configdirectory: {f}/conf
defaultpartition: default
partition-default: {f}/spool
proc_path: {f}/proc
mboxname_lockpath: {f}/lock
cyrus_user: {owner}
altnamespace: yes
unixhierarchysep: yes
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
allowplaintext: no
tls_server_cert: {f}/cert.pem
tls_server_key: {f}/key.pem
tls_sessions_db_path: {f}/conf/tls_sessions.db
autocreate_quota: 0
autocreate_inbox_folders: Work
""")
        (f / "cyrus.conf").write_text(f"""
START {{
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C {f}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{f}/imapd -C {f}/imapd.conf" listen="127.0.0.1:{self.port}" prefork=0
  imaps cmd="{f}/imapd -C {f}/imapd.conf -s" listen="127.0.0.1:{self.tls_port}" prefork=0
}}
EVENTS {{
}}
""")
        for name in ("conf/db", "conf/socket", "spool", "proc", "lock"):
            (f / name).mkdir(parents=True, exist_ok=True)
        if self.is_root:
            self.owned_by_cyrus(f)

    @staticmethod
    def owned_by_cyrus(folder):
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, "cyrus", "mail")

    def deliver(self, user, mailbox, paths, flags=""):
        """Into the spool, as after a restore, for Cyrus takes no message with a broken header by APPEND; it must be running,
        and the user have logged in once."""
        name = f"user/{user}" if mailbox == "INBOX" else f"user/{user}/{mailbox}"
        options = ["-C", self.folder / "imapd.conf", name]
        found = subprocess.run([f"{CYRUS}/mbpath", *options], check=True, capture_output=True, text=True)
        spool = pathlib.Path(found.stdout.strip())
        first = max([int(path.name[:-1]) for path in spool.glob("[0-9]*.")], default=0) + 1
        for uid, path in enumerate(paths, first):
            octets = path.read_bytes()
            message = spool / f"{uid}."
            message.write_bytes(with_crlf(octets))
            os.utime(message, (harness.delivery_time(octets),) * 2)
            if self.is_root:
                shutil.chown(message, "cyrus", "mail")
        subprocess.run([f"{CYRUS}/reconstruct", *options], check=True, capture_output=True)


class PublicInbox(harness.Origin):
    """One mailbox for everybody, NEWSGROUP.0, to be read only."""
    NEWSGROUP = "list.sample"

    def _command(self):
        return ["public-inbox-imapd", "-W1", "-l", f"imap://127.0.0.1:{self.port}/", "-l",
                f"imaps://127.0.0.1:{self.tls_port}/?cert={self.folder}/cert.pem,key={self.folder}/key.pem"]

    def _configure(self):
        self.environment |= {"HOME": str(self.folder), "PI_DIR": str(self.folder / "pi"),
                             "PI_CONFIG": str(self.folder / "config"), "TMPDIR": str(self.folder)}
        subprocess.run(["public-inbox-init", "-V2", "--ng", self.NEWSGROUP, "sample", self.folder / "inbox",
                        "http://localhost/sample", "sample@example.org"],
                       check=True, capture_output=True, env=self.environment)

    def deliver(self, user, mailbox, paths, flags=""):
        """public-inbox itself leaves out what it has already."""
        maildir = self.folder / "incoming"
        for sub in ("cur", "new", "tmp"):
            (maildir / sub).mkdir(parents=True)
        for i, path in enumerate(paths):
            shutil.copy(path, maildir / "cur" / f"{i:06}.sample:2,S")
        program = ("use PublicInbox::Config; use PublicInbox::InboxWritable;"
                   "PublicInbox::InboxWritable->new(PublicInbox::Config->new->lookup_name('sample'))"
                   "->import_maildir($ARGV[0]);")
        subprocess.run(["perl", "-e", program, maildir], check=True, capture_output=True, env=self.environment)
        shutil.rmtree(maildir)

    def remove(self, path):
        subprocess.run(["public-inbox-learn", "rm", "--all"], input=path.read_bytes(), check=True, capture_output=True,
                       env=self.environment)
