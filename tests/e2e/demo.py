#!/usr/bin/env python3
"""The demo: a Dovecot with the sample mail, a Mailhold that mirrors it, a search and a fetch with curl."""
import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys

import harness

NEEDLE = "xapian"


def curl(mailhold, *arguments):
    command = ["curl", "--silent", "--show-error", "--cacert", str(mailhold.data / "keys" / "tls.crt"),
               "--user", f"alice:{harness.PASSWORD}", *arguments]
    print("  $ " + " ".join(f"'{a}'" if " " in a or "?" in a else a for a in command).replace(str(mailhold.folder), "..."))
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def truth(paths, needle):
    """How many of the files hold the needle in their own octets: what a search must at least find."""
    return sum(re.search(re.escape(needle).encode(), p.read_bytes(), re.I) is not None for p in paths)


def run(folder, check):
    mails = harness.sample_mail()
    inbox, lists, work = mails[0::3], mails[1::3], mails[2::3]
    print(f"1. Dovecot with {len(mails)} sample messages (tests/data/mail) as the origin")
    origin = harness.Origin(folder / "origin")
    origin.deliver("alice", "INBOX", inbox, flags="S")
    origin.deliver("alice", "Lists", lists)
    origin.deliver("alice", "Work/2024", work, flags="FS")
    with origin:
        mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin)
        print("2. Mailhold mirrors it")
        subprocess.run([harness.program(), "sync", "--config", mailhold.config], check=True)
        with mailhold:
            url = f"imaps://localhost:{mailhold.tls_port}"
            print("3. Which mailboxes there are")
            print(curl(mailhold, url))
            print("4. SEARCH over every message, then FETCH of the last one found")
            answer = curl(mailhold, f"{url}/All%20mail%2Falice", "--request", f"SEARCH TEXT {NEEDLE}")
            found = [int(n) for n in re.findall(r"\d+", answer)]
            print("  " + answer.strip())
            message = curl(mailhold, f"{url}/All%20mail%2Falice;MAILINDEX={found[-1]};SECTION=HEADER.FIELDS%20(DATE%20FROM%20SUBJECT)") if found else ""
            print("  " + "\n  ".join(message.strip().splitlines()))
            expected = truth(mails, NEEDLE)
            print(f"   {len(found)} messages found; {expected} files hold \"{NEEDLE}\" in plain octets")
            everything = curl(mailhold, f"{url}/All%20mail%2Falice", "--request", "SEARCH ALL")
            right = len(found) >= expected > 0 and "subject" in message.lower()
            archived = len(re.findall(r"\d+", everything))
            print(f"   {archived} distinct messages archived")
            verify = mailhold.run("verify", check=False)
            print("5. " + (verify.stdout.decode().strip().splitlines() or ["verify printed nothing"])[-1])
            right = right and verify.returncode == 0 and archived > 900
            if check:
                print("demo: " + ("the search found what it must" if right else "NOT as expected"))
                return 0 if right else 1
            print(f"""
Connect with any mail program until you press Ctrl-C:
  server    localhost, IMAP, port {mailhold.tls_port} (TLS) or {mailhold.port} (STARTTLS)
  user      alice
  password  {harness.PASSWORD}
  the certificate is self-signed; accept it, or trust {mailhold.data}/keys/tls.crt
Status: http://127.0.0.1:{mailhold.http_port}/api/v1/status, metrics at /metrics""", flush=True)
            try:
                signal.pause()
            except KeyboardInterrupt:
                print("\nstopping")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--check", action="store_true", help="end by itself; exit 0 only if the search was right")
    arguments = parser.parse_args()
    os.environ["MAILHOLD_PROGRAM"] = str(pathlib.Path(arguments.program).resolve())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with harness.work_folder() as folder:
        return run(folder, arguments.check)


if __name__ == "__main__":
    sys.exit(main())
