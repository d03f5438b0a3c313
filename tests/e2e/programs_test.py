"""More mail programs, as their users run them: mutt, neomutt, aerc on a terminal; getmail, fetchmail, interimap; Perl's
Mail::IMAPClient and Mail::IMAPTalk; imapflow where npm can install it; Thunderbird where it is installed."""
import json
import base64
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

import harness
from harness import PASSWORD
from preauth import Preauthenticated
from terminal import Terminal

MAILS = 30
NEEDLE = b"From: carol@example.org\r\nSubject: the needle of May\r\nMessage-ID: <needle@example.org>\r\n\r\na needle in a haystack\r\n"
NODE_MODULES = pathlib.Path(__file__).resolve().parents[2] / "build-peers/npm"


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        cls.folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        cls.origin = harness.Origin(cls.folder / "origin")
        cls.origin.deliver("alice", "INBOX", [*harness.sample_mail(MAILS - 1), NEEDLE], flags="S")
        cls.origin.start()
        cls.addClassCleanup(cls.origin.stop)
        cls.mailhold = harness.Mailhold(cls.folder / "mailhold", ["alice"], cls.origin)
        cls.mailhold.run("sync")
        cls.mailhold.start()
        cls.addClassCleanup(cls.mailhold.stop)
        cls.ca = cls.mailhold.data / "keys/tls.crt"

    def home(self):
        home = self.folder / self._testMethodName
        home.mkdir()
        return home

    def workspace(self, name, messages=()):
        here = self.mailhold.imap("alice")
        self.assertEqual(here.create(f'"Workspaces/{name}"')[0], "OK")
        for octets in messages:
            self.assertEqual(here.append(f'"Workspaces/{name}"', "", None, octets)[0], "OK")
        return f"Workspaces/{name}"

    def octets(self, mailbox):
        here = self.mailhold.imap("alice")
        here.select(mailbox, readonly=True)
        return [part[1] for part in here.fetch("1:*", "(BODY.PEEK[])")[1] if isinstance(part, tuple)]

    def start_mutt(self, program, home, mailbox):
        (home / "rc").write_text(f"""
set folder="imaps://localhost:{self.mailhold.tls_port}/"
set spoolfile="imaps://localhost:{self.mailhold.tls_port}/{mailbox}"
set imap_user=alice imap_pass={PASSWORD}
set certificate_file={self.ca}
set header_cache={home}/headers message_cachedir={home}/messages
set imap_condstore=yes imap_qresync=yes imap_idle=yes
set quit=yes wait_key=no pager_stop=yes confirmappend=no delete=yes sleep_time=0
""")
        return Terminal([program, "-n", "-F", home / "rc"], {"HOME": str(home)})

    def mutt(self, program):
        home = self.home()
        box = self.workspace(program)
        terminal = self.start_mutt(program, home, "INBOX")
        terminal.expect(rb"Msgs:30")
        terminal.type("l\x15=b needle\r")  # bodies are searched at the server
        terminal.expect(rb"1/30 ")
        terminal.type("\r")
        terminal.expect(rb"haystack")
        terminal.type(f"iC\x15={box}\r")
        harness.wait_for(lambda: terminal.look() and self.octets(box) == [NEEDLE], 120, "the copy")
        terminal.type("q")
        self.assertEqual(terminal.wait(), 0)
        terminal = self.start_mutt(program, home, box)
        terminal.expect(rb"Msgs:1")
        terminal.type("F$")
        here = self.mailhold.imap("alice")
        here.select(box)
        harness.wait_for(lambda: terminal.look() and here.search(None, "FLAGGED")[1] == [b"1"], 120, "the flag")
        terminal.type("d$")
        harness.wait_for(lambda: terminal.look() and self.octets(box) == [], 120, "the expunge")
        terminal.type("q")
        self.assertEqual(terminal.wait(), 0)

    def test_mutt_searches_reads_copies_flags_and_deletes(self):
        self.mutt("mutt")

    def test_neomutt_searches_reads_copies_flags_and_deletes(self):
        self.mutt("neomutt")

    def test_aerc_lists_and_reads(self):
        home = self.home()
        settings = home / ".config/aerc"
        settings.mkdir(parents=True)
        accounts = settings / "accounts.conf"
        accounts.write_text(f"[t]\nsource = imaps://alice:{PASSWORD}@localhost:{self.mailhold.tls_port}\ndefault = INBOX\n"
                            "from = Alice <alice@example.org>\n")
        accounts.chmod(0o600)
        terminal = Terminal(["aerc"], {"HOME": str(home), "SSL_CERT_FILE": str(self.ca), "XDG_CONFIG_HOME": str(home / ".config")})
        terminal.expect(rb"the needle of May")
        terminal.type(":view\r")
        terminal.expect(rb"haystack")
        terminal.type(":close\r:quit\r")
        self.assertEqual(terminal.wait(), 0)

    def test_getmail_downloads_once(self):
        home = self.home()
        target = home / "maildir"
        for folder in ("cur", "new", "tmp"):
            (target / folder).mkdir(parents=True)
        user = ""
        if os.geteuid() == 0:  # it refuses to deliver as root
            user = "user = nobody"
            for path in (target, *target.iterdir()):
                shutil.chown(path, "nobody", "nogroup")
        (home / "getmailrc").write_text(f"""
[retriever]
type = SimpleIMAPSSLRetriever
server = localhost
port = {self.mailhold.tls_port}
username = alice
password = {PASSWORD}
ca_certs = {self.ca}
mailboxes = ("INBOX",)
use_peek = true
[destination]
type = Maildir
{user}
path = {target}/
[options]
read_all = false
delete = false
delivered_to = false
received = false
""")
        for _ in range(2):
            done = subprocess.run(["getmail", f"--getmaildir={home}", "--rcfile=getmailrc"], capture_output=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(len(list((target / "new").iterdir())), MAILS, done.stdout + done.stderr)

    def test_fetchmail_keeps_what_it_fetches(self):
        home = self.home()
        rc = home / "rc"
        rc.write_text(f"""
poll localhost service {self.mailhold.tls_port} protocol IMAP user "alice" password "{PASSWORD}" ssl sslcertck
  sslcertfile "{self.ca}" keep fetchall mda "cat >> {home}/mails"
""")
        rc.chmod(0o600)
        done = subprocess.run(["fetchmail", "-f", rc, "--nodetach", "-v"], capture_output=True, timeout=120,
                              env={**os.environ, "HOME": str(home), "FETCHMAILHOME": str(home)})
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])
        self.assertIn(b"a needle in a haystack", (home / "mails").read_bytes())
        self.assertEqual(len(self.octets("INBOX")), MAILS)

    def test_interimap_synchronises_both_ways(self):
        home = self.home()
        box = self.workspace("both ways", [NEEDLE])
        (home / "config").write_text(f"""
database = {home}/db
list-mailbox = "{box}"
[local]
type = imaps
host = localhost
port = {self.origin.tls_port}
username = bob
password = {PASSWORD}
SSL_CAfile = {self.origin.ca_file}
[remote]
type = imaps
host = localhost
port = {self.mailhold.tls_port}
username = alice
password = {PASSWORD}
SSL_CAfile = {self.ca}
compress = YES
""")

        def synchronise():
            done = subprocess.run(["interimap", f"--config={home}/config"], capture_output=True, timeout=120,
                                  env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home)})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        synchronise()
        there = self.origin.imap("bob")
        self.assertEqual(there.select(f'"{box}"')[1], [b"1"])
        there.append(f'"{box}"', r"(\Seen)", None, b"Subject: from the other side\r\n\r\nhello\r\n")
        there.store("1", "+FLAGS", r"(\Flagged)")
        synchronise()
        here = self.mailhold.imap("alice")
        self.assertEqual(here.select(f'"{box}"')[1], [b"2"])
        self.assertEqual(here.search(None, "FLAGGED", "SUBJECT", "needle")[1], [b"1"])
        here.store("1", "+FLAGS", r"(\Deleted)")
        here.expunge()
        synchronise()
        there.select(f'"{box}"')
        self.assertEqual(there.search(None, "ALL")[1], [b"1"])

    def perl(self, script):
        done = subprocess.run(["perl", "-e", script, str(self.mailhold.tls_port), str(self.ca), PASSWORD],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.splitlines()

    def test_perl_mail_imapclient(self):
        self.workspace("perl")
        shown = self.perl(r"""
use strict; use Mail::IMAPClient; use Mail::IMAPClient::BodyStructure;
my ($port, $ca, $password) = @ARGV;
my $c = Mail::IMAPClient->new(Server => "localhost", Port => $port, User => "alice", Password => $password, Uid => 1,
    Ssl => [SSL_ca_file => $ca, SSL_verify_mode => 1]) or die "connect: $@";
sub check { $_[0] or die "$_[1]: " . $c->LastError }
check($c->examine("INBOX"), "examine");
my @uids = $c->search("BODY", \"needle"); check(@uids == 1, "search");
print "subject ", $c->subject($uids[0]), "\n";
my @sorted = $c->sort("SUBJECT", "UTF-8", "ALL"); print "sorted ", scalar(@sorted), "\n";
my $threads = $c->thread("REFERENCES", "UTF-8", "ALL"); check($threads, "thread");
check($c->get_bodystructure($uids[0]), "bodystructure"); check($c->get_envelope($uids[0]), "envelope");
check(defined $c->copy("Workspaces/perl", $uids[0]), "copy");
check($c->select("Workspaces/perl"), "select");
my ($there) = $c->search("ALL");
check($c->set_flag("\\Flagged", $there), "flag"); print "flags ", join(" ", sort $c->flags($there)), "\n";
my $tag = $c->idle or die "idle"; $c->done($tag) or die "done";
check($c->delete_message($there), "delete"); check($c->expunge, "expunge");
print "left ", scalar($c->message_count), "\n"; $c->logout;
""")
        self.assertEqual(shown, ["subject the needle of May", f"sorted {MAILS}", "flags \\Flagged \\Seen", "left 0"])

    def test_perl_mail_imaptalk(self):
        shown = self.perl(r"""
use strict; use Mail::IMAPTalk;
my ($port, $ca, $password) = @ARGV;
my $c = Mail::IMAPTalk->new(Server => "localhost", Port => $port, UseSSL => 1, SSL_ca_file => $ca, UseBlocking => 1,
    Username => "alice", Password => $password, Uid => 1) or die "login: $@";
$c->examine("INBOX") or die $@;
my $found = $c->search("body", {Quote => "needle"}) or die $@;
print "found ", scalar(@$found), "\n";
my $sorted = $c->sort("(subject)", "UTF-8", "all") or die $@;
print "sorted ", scalar(@$sorted), "\n";
my $got = $c->fetch($found->[0], "(envelope bodystructure)") or die $@;
print "subject ", $got->{$found->[0]}{envelope}{Subject}, "\n"; $c->logout;
""")
        self.assertEqual(shown, ["found 1", f"sorted {MAILS}", "subject the needle of May"])

    @unittest.skipUnless(shutil.which("thunderbird"), "thunderbird is not installed: apt-get install thunderbird")
    def test_thunderbird_keeps_a_copy_of_every_message(self):
        home = self.home()
        line = Preauthenticated(self.mailhold, PASSWORD)
        self.addCleanup(line.close)
        settings = {
            "mail.accountmanager.accounts": "account1", "mail.accountmanager.defaultaccount": "account1",
            "mail.account.account1.identities": "id1", "mail.account.account1.server": "server1",
            "mail.identity.id1.fullName": "Alice", "mail.identity.id1.useremail": "alice@example.org", "mail.identity.id1.valid": True,
            "mail.server.server1.type": "imap", "mail.server.server1.hostname": "127.0.0.1", "mail.server.server1.port": line.port,
            "mail.server.server1.userName": "alice", "mail.server.server1.name": "archive", "mail.server.server1.socketType": 0,
            "mail.server.server1.authMethod": 3, "mail.server.server1.login_at_startup": True,
            "mail.server.server1.check_new_mail": True, "mail.server.server1.check_time": 1,
            "mail.server.server1.offline_download": True, "mail.server.server1.autosync_offline_stores": True,
            "mail.server.server1.directory-rel": "[ProfD]ImapMail/127.0.0.1", "mailnews.start_page.enabled": False,
            "mail.provider.suppress_dialog_on_startup": True, "mail.spotlight.firstRunDone": True,
            "mail.shell.checkDefaultClient": False, "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
            "app.update.enabled": False, "extensions.update.enabled": False, "network.proxy.type": 0, "mail.rights.version": 1,
        }
        (home / "user.js").write_text("".join(f'user_pref("{name}", {json.dumps(value)});\n' for name, value in settings.items()))
        program = subprocess.Popen(["thunderbird", "--headless", "-profile", home], env={**os.environ, "HOME": str(home)},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        copy = home / "ImapMail/127.0.0.1/INBOX"
        try:
            harness.wait_for(lambda: copy.exists() and copy.read_bytes().count(b"\nX-Mozilla-Status: ") >= MAILS, 300, "the copy")
        finally:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self.assertIn(b"a needle in a haystack", copy.read_bytes())

    @unittest.skipUnless((NODE_MODULES / "node_modules/imapflow").exists(), "imapflow is not installed: it comes with npm")
    def test_imapflow_reads_searches_waits_and_works_in_a_workspace(self):
        script = pathlib.Path(__file__).with_name("imapflow.mjs")
        done = subprocess.run(["node", script, str(self.mailhold.tls_port), self.ca, PASSWORD, NODE_MODULES],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["exists"], MAILS)
        self.assertEqual(len(told["subjects"]), MAILS)
        self.assertIn(["INBOX", MAILS], told["mailboxes"])
        self.assertEqual(len(told["found"]), 1)
        self.assertEqual(base64.b64decode(told["octets"]), NEEDLE)
        self.assertEqual((told["pushed"], told["left"], told["moved"], told["deleted"]), (1, 1, 1, 0))
        self.assertEqual(told["flags"], ["\\Flagged", "seen-by-counsel"])
        self.assertNotIn("Workspaces/imapflow", told["after"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
