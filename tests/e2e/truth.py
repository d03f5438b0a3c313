"""What SEARCH must answer, by a naive matcher that shares no code with Mailhold: Python's email package, a scan, no index.
RFC 3501 6.4.4 over decoded text, compared by i;unicode-casemap (RFC 5051), white space folded to one blank."""
import email
import email.header
import email.policy
import html.parser
import re
import unicodedata

BREAKS = set("address article aside blockquote body br caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 "
             "h6 header hr html li main nav ol option p pre section select table tbody td textarea tfoot th thead tr ul".split())
UNSEEN = {"script", "style", "head", "title"}


def casemap(text):
    text = re.sub(r"\s+", " ", text)
    if text.isascii():
        return text.upper()
    titled = "".join(t if len(t := c.title()) == 1 else c for c in text)
    return unicodedata.normalize("NFKD", titled)


class Reader(html.parser.HTMLParser):
    """The visible text of an HTML part."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces, self.hidden = [], 0

    def handle_starttag(self, tag, attributes):
        self.hidden = 0 if tag == "body" else self.hidden + (tag in UNSEEN)
        if tag in BREAKS:
            self.pieces.append(" ")

    def handle_startendtag(self, tag, attributes):
        if tag in BREAKS:
            self.pieces.append(" ")

    def handle_endtag(self, tag):
        if tag in UNSEEN and self.hidden:
            self.hidden -= 1
        if tag in BREAKS:
            self.pieces.append(" ")

    def handle_data(self, data):
        if not self.hidden:
            self.pieces.append(data)


def decode(value):
    """RFC 2047 decoded; raises for a charset that Python does not know, or octets that are none of it."""
    return str(email.header.make_header(email.header.decode_header(str(value))))


class Message:
    def __init__(self, octets):
        parsed = email.message_from_bytes(octets, policy=email.policy.compat32)
        fields = [(name.lower(), re.sub(r"\r?\n(?=[ \t])", "", decode(value))) for name, value in parsed.items()]
        self.fields = [(name, casemap(value)) for name, value in fields]
        mime, body = [], []
        for i, part in enumerate(parsed.walk()):
            if i:
                mime += [f"{name}: {value}" for name, value in part.items()]
            if part.get_content_maintype() == "text":
                text = self.text_of(part)
                body.append(text)
                if part.get_content_subtype() == "html":
                    reader = Reader()
                    reader.feed(text)
                    reader.close()
                    body.append("".join(reader.pieces))
        self.body = casemap("\n".join(body))
        self.everything = [casemap("\n".join(f"{n}: {v}" for n, v in fields)), casemap("\n".join(mime)), self.body]

    @staticmethod
    def text_of(part):
        octets = part.get_payload(decode=True) or b""
        try:
            return octets.decode(part.get_content_charset() or "utf-8", "replace")
        except LookupError:
            return octets.decode("utf-8", "replace")

    def matches(self, key, needle):
        """key: BODY, TEXT, or the name of a header field."""
        folded = casemap(needle)
        if key == "BODY":
            return folded in self.body
        if key == "TEXT":
            return any(folded in text for text in self.everything)
        return any(folded in value for name, value in self.fields if name == key.lower())
