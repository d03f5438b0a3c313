"""A small Gmail over TLS: one store of messages with labels, shown as mailboxes, as X-GM-EXT-1 does it. It only tells what
Mailhold asks for, and counts the bodies it sends."""
import contextlib
import re
import socket
import ssl
import threading

import harness

ALL, TRASH = "[Gmail]/All Mail", "[Gmail]/Trash"
CAPABILITIES = "IMAP4rev1 UNSELECT IDLE NAMESPACE ID X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE"
ATTRIBUTES = {ALL: r"\All", TRASH: r"\Trash", "[Gmail]": r"\Noselect"}


class Message:
    def __init__(self, identity, octets, labels):
        self.identity, self.octets, self.labels, self.modseq = identity, octets, set(labels), 0


class Gmail:
    def __init__(self, folder):
        folder.mkdir(parents=True)
        self.ca_file = str(folder / "cert.pem")
        self.context = harness.make_certificate(folder)
        self.lock = threading.Lock()
        self.modseq, self.bodies, self.changes, self.die_after = 1, [], [], None
        self.labels = {r"\Inbox": "INBOX", r"\Sent": "[Gmail]/Sent Mail"}  # whose mailbox is called otherwise
        self.boxes = {ALL: {}, TRASH: {}, "INBOX": {}, "[Gmail]/Sent Mail": {}}  # UID -> message
        self.hidden = set()  # labels that IMAP does not show
        self.next = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.tls_port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.listener.close()

    # What happens in the web interface.
    def add(self, octets, labels=(), box=ALL):
        with self.lock:
            message = Message(0x1000000000000001 + len(self.next) + sum(self.next.values()), octets, labels)
            self._put(box, message)
            self._show(message)
            return message

    def label(self, message, labels):
        with self.lock:
            message.labels = set(labels)
            self._show(message)

    def _put(self, box, message):
        uid = self.next[box] = self.next.get(box, 0) + 1
        self.boxes.setdefault(box, {})[uid] = message

    def _show(self, message):
        self.modseq += 1
        message.modseq = self.modseq
        wanted = {self.labels.get(one, one) for one in message.labels - self.hidden}
        for box in wanted | set(self.boxes):
            there = [uid for uid, other in self.boxes.setdefault(box, {}).items() if other is message]
            if box in wanted and not there:
                self._put(box, message)
            elif box not in wanted | {ALL, TRASH} and there:
                del self.boxes[box][there[0]]

    # The server.
    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._session, args=(connection,), daemon=True).start()

    def _session(self, connection):
        with contextlib.suppress(OSError, ssl.SSLError), self.context.wrap_socket(connection, server_side=True) as line:
            stream = line.makefile("rwb", buffering=1 << 16)
            Session(self, line, stream).run()


class Session:
    def __init__(self, gmail, line, stream):
        self.gmail, self.line, self.stream, self.box = gmail, line, stream, None

    def say(self, octets):
        self.stream.write(octets if isinstance(octets, bytes) else octets.encode())
        self.stream.write(b"\r\n")

    def run(self):
        self.say("* OK Gimap ready")
        self.stream.flush()
        while text := self.stream.readline():
            tag, name, *rest = text.decode().rstrip("\r\n").split(" ", 2)
            rest = rest[0] if rest else ""
            if name == "UID":
                name, rest = rest.split(" ", 1)
            with self.gmail.lock:
                answer = getattr(self, name.lower(), None)
                if answer is None:
                    self.gmail.changes.append(name)
                    self.say(f"{tag} BAD unknown")
                else:
                    self.say(f"{tag} {answer(rest) or 'OK Success'}")
            self.stream.flush()
            if name == "LOGOUT":
                return

    def capability(self, _):
        self.say("* CAPABILITY " + CAPABILITIES)

    def login(self, _):
        return f"OK [CAPABILITY {CAPABILITIES}] Success"

    def noop(self, _):
        pass

    id = unselect = noop

    def enable(self, rest):
        self.say("* ENABLED " + " ".join({"UTF8=ACCEPT"} & set(rest.split())))

    def namespace(self, _):
        self.say('* NAMESPACE (("" "/")) NIL NIL')

    def logout(self, _):
        self.say("* BYE")

    def idle(self, _):
        self.say("+ idling")
        self.stream.flush()
        self.gmail.lock.release()
        try:
            self.stream.readline()
        finally:
            self.gmail.lock.acquire()

    def list(self, _):
        for box in sorted({*self.gmail.boxes, "[Gmail]"}):
            self.say(f'* LIST (\\HasNoChildren {ATTRIBUTES.get(box, "")}) "/" "{box}"')

    def _counters(self, box):
        return len(self.gmail.boxes[box]), self.gmail.next.get(box, 0) + 1

    def status(self, rest):
        box = re.match(r'"([^"]*)"|(\S+)', rest)
        box = box.group(1) or box.group(2)
        messages, following = self._counters(box)
        self.say(f'* STATUS "{box}" (MESSAGES {messages} UIDNEXT {following} UIDVALIDITY 7 HIGHESTMODSEQ {self.gmail.modseq})')

    def examine(self, rest):
        box = re.match(r'"([^"]*)"|(\S+)', rest)
        self.box = box.group(1) or box.group(2)
        messages, following = self._counters(self.box)
        self.say(f"* {messages} EXISTS\r\n* OK [UIDVALIDITY 7] it\r\n* OK [UIDNEXT {following}] it")
        self.say(f"* OK [HIGHESTMODSEQ {self.gmail.modseq}] it")
        return "OK [READ-ONLY] Success"

    def _named(self, numbers):
        uids = sorted(self.gmail.boxes[self.box])
        for part in numbers.split(","):
            first, _, last = part.partition(":")
            top = max(uids, default=0)
            low, high = (top if one == "*" else int(one) for one in (first, last or first))
            yield from (uid for uid in uids if min(low, high) <= uid <= max(low, high))

    def search(self, rest):
        uids = ",".join(map(str, sorted(self.gmail.boxes[self.box])))
        self.say(f'* ESEARCH UID{" ALL " + uids if uids else ""}' if "RETURN" in rest else f'* SEARCH {uids.replace(",", " ")}')

    def fetch(self, rest):
        numbers, rest = rest.split(" ", 1)
        since = re.search(r"CHANGEDSINCE (\d+)", rest)
        for uid in list(dict.fromkeys(self._named(numbers))):
            message = self.gmail.boxes[self.box][uid]
            if since and message.modseq <= int(since.group(1)):
                continue
            own = {label for label in message.labels if self.gmail.labels.get(label, label) == self.box}
            labels = " ".join('"%s"' % one.replace("\\", "\\\\") for one in sorted(message.labels - own))
            text = (f"* {uid} FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE \"01-Jan-2024 00:00:{uid % 60:02} +0000\" RFC822.SIZE "
                    f"{len(message.octets)} MODSEQ ({message.modseq}) X-GM-THRID 77 X-GM-MSGID {message.identity}")
            if "X-GM-LABELS" in rest:
                text += f" X-GM-LABELS ({labels})"
            if "BODY.PEEK[]" not in rest:
                self.say(text + ")")
                continue
            self.gmail.bodies.append(message.identity)
            self.say(f"{text} BODY[] {{{len(message.octets)}}}")
            if self.gmail.die_after is not None and len(self.gmail.bodies) >= self.gmail.die_after:
                self.gmail.die_after = None
                self.stream.write(message.octets[:len(message.octets) // 2])
                self.stream.flush()
                self.line.shutdown(socket.SHUT_RDWR)
                raise OSError("the line breaks")
            self.stream.write(message.octets)
            self.say(")")
