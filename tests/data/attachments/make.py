#!/usr/bin/env python3
"""Makes the sample attachments beside it, with the standard library alone. Each good one holds the words
"harbour master NAME" (NAME is the file's), so that a test can tell what was read. Run it to make them anew."""
import gzip
import io
import pathlib
import tarfile
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
WHEN = (2024, 1, 31, 12, 0, 0)
DTD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPES = f'{DTD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def zipped(members, stored=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            z.writestr(info, content)
    return out.getvalue()


def docx(text, extra=""):
    body = (f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
            "<w:p><w:r><w:t>one wo</w:t></w:r><w:r><w:t>rd in two runs</w:t></w:r></w:p>"
            '<w:p><w:r><w:t xml:space="preserve">the new </w:t></w:r><w:del><w:r><w:delText>struck</w:delText></w:r></w:del>'
            "<w:r><w:t>wording</w:t></w:r></w:p>" + extra)
    rels = ('<Relationships><Relationship Id="r1" Target="https://quay.example/berth?a=1&amp;b=2" TargetMode="External"/>'
            "</Relationships>")
    return zipped({"[Content_Types].xml": TYPES,
                   "word/document.xml": f"{DTD}<w:document {W}><w:body>{body}</w:body></w:document>",
                   "word/footnotes.xml": f"{DTD}<w:footnotes {W}><w:footnote><w:p><w:r><w:t>a footnote</w:t></w:r></w:p></w:footnote></w:footnotes>",
                   "word/_rels/document.xml.rels": rels,
                   "docProps/core.xml": '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>pilotage</dc:title></cp:coreProperties>'})


def xlsx(text):
    sheet = ('<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1234.5</v></c></row>'
             '<row r="2"><c r="A2" t="inlineStr"><is><t>inline words</t></is></c></row></sheetData>')
    return zipped({"[Content_Types].xml": TYPES,
                   "xl/workbook.xml": f'{DTD}<workbook {S}><sheets><sheet name="Tonnage" sheetId="1"/></sheets></workbook>',
                   "xl/worksheets/sheet1.xml": f"{DTD}<worksheet {S}>{sheet}</worksheet>",
                   "xl/sharedStrings.xml": f"{DTD}<sst {S}><si><t>{text}</t></si></sst>"})


def pptx(text):
    slide = f'{DTD}<p:sld xmlns:p="p" {A}><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sld>'
    return zipped({"[Content_Types].xml": TYPES, "ppt/presentation.xml": "<p/>", "ppt/slides/slide1.xml": slide,
                   "ppt/notesSlides/notesSlide1.xml": slide.replace(text, "a speaker note")})


def odf(kind, inner):
    names = 'xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:style="s" xmlns:xlink="x"'
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}",
                   "META-INF/manifest.xml": '<m:manifest xmlns:m="m"/>',
                   "content.xml": f"{DTD}<office:document-content {names}><office:body>{inner}</office:body></office:document-content>",
                   "styles.xml": f"{DTD}<office:document-styles {names}><style:header><text:p>a running head</text:p></style:header></office:document-styles>",
                   "meta.xml": "<meta><title>soundings</title></meta>"}, stored=("mimetype",))


def pdf(objects, trailer=""):
    out = b"%PDF-1.4\n"
    places = []
    for i, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % i + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer.encode(), table)


def stream(content, extra=b""):
    return b"<</Length %d%s>>\nstream\n" % (len(content), extra) + content + b"\nendstream"


def pages(*lines_of_pages, more=(), catalog=b"", trailer=""):
    count = len(lines_of_pages)
    objects = [b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
               b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(count)), count),
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    for i, lines in enumerate(lines_of_pages):
        text = b"BT /F 12 Tf 14 TL 40 700 Td " + b" ".join(b"(%s) Tj T*" % line.encode() for line in lines) + b" ET"
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>" % (5 + 2 * i))
        objects.append(stream(zlib.compress(text), b"/Filter/FlateDecode"))
    return pdf(objects + list(more), trailer)


def encrypted_pdf():
    """Declares the standard security handler with a user password that nobody has."""
    handler = b"<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>"
    return pages(["harbour master locked"], more=[handler], trailer="/Encrypt 6 0 R/ID[<00><00>]")


def encrypted_zip():
    """A stored member with the flag of traditional encryption (APPNOTE 4.4.4)."""
    octets = bytearray(zipped({"secret.txt": "x" * 40}, stored=("secret.txt",)))
    octets[6] |= 1
    octets[octets.index(b"PK\1\2") + 8] |= 1
    return bytes(octets)


def compound(name):
    """The beginning of a compound file, and a directory entry with this name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + name.encode("utf-16-le") + b"\0" * 600


def rtf(text):
    return (r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}{\colortbl;\red0\green0\blue0;}"
            r"{\info{\title Moorings}{\author Bosun}}\pard " + text + r"\par caf\'e9 na\u239?ve {\f1\'cf\'ee\'f0\'f2}\par "
            r"{\field{\*\fldinst HYPERLINK \"https://quay.example/\"}{\fldrslt the quay}}{\pict\wmetafile8 0102abcdef}{\*\generator hidden;}\par}").encode()


def mail(text):
    return (f"From: a@example.org\r\nSubject: {text}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\n\r\nletter from the quay\r\n--b\r\nContent-Type: text/rtf\r\n\r\nplain\r\n"
            "--b\r\nContent-Type: application/rtf; name=inner.rtf\r\n\r\n{\\rtf1 harbour master inner.rtf}\r\n--b--\r\n").encode()


def tar(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            t.addfile(info, io.BytesIO(content))
    return out.getvalue()


def nested(depth):
    content = b"harbour master at the bottom"
    name = "bottom.txt"
    for i in range(depth):
        content, name = zipped({name: content}), f"level{i}.zip"
    return content


def bomb():
    """Half a gigabyte of blanks within blanks."""
    return zipped({f"{i}.zip": zipped({"blanks.txt": b" " * (60 << 20)}) for i in range(9)})


ENTITIES = (DTD + '<!DOCTYPE w [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)) + "]>")


def files():
    words = "harbour master {}".format
    yield "good.pdf", pages([words("good.pdf"), "a navi-", "gable channel"], ["second page"], trailer="/Info<</Title(chart table)>>")
    yield "embedded.pdf", pages(["outside"], catalog=b"/Names<</EmbeddedFiles<</Names[(x) 6 0 R]>>>>", more=[
        b"<</Type/Filespec/F(inside.txt)/EF<</F 7 0 R>>>>", stream(b"harbour master embedded.pdf", b"/Type/EmbeddedFile")])
    yield "locked.pdf", encrypted_pdf()
    yield "good.docx", docx(words("good.docx"))
    yield "good.xlsx", xlsx(words("good.xlsx"))
    yield "good.pptx", pptx(words("good.pptx"))
    yield "good.odt", odf("text", f'<office:text><text:p>{words("good.odt")}</text:p><text:p>two<text:s text:c="2"/>blanks '
                          '<text:a xlink:href="https://quay.example/">here</text:a></text:p></office:text>')
    yield "good.ods", odf("spreadsheet", '<office:spreadsheet><table:table table:name="Tides"><table:table-row><table:table-cell><text:p>'
                          f'{words("good.ods")}</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>')
    yield "good.odp", odf("presentation", f'<office:presentation><draw:page><text:p>{words("good.odp")}</text:p></draw:page></office:presentation>')
    yield "locked.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": b"\1\2\3",
                                "META-INF/manifest.xml": '<m:manifest xmlns:m="m"><m:encryption-data/></m:manifest>'})
    yield "good.rtf", rtf(words("good.rtf"))
    yield "good.html", f'<title>unseen</title><p>{words("good.html")}<p><a href="https://quay.example/">the quay</a>'.encode()
    yield "good.txt", words("good.txt").encode("utf-16")
    yield "good.ics", ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:harbour mas\r\n ter good.ics\\, berth two\r\n"
                       "END:VEVENT\r\nEND:VCALENDAR\r\n").encode()
    yield "good.eml", mail(words("good.eml"))
    yield "good.zip", zipped({"a/good.docx": docx(words("good.zip docx")), "b.txt": words("good.zip").encode(), "c.png": b"\x89PNG\0\0",
                              "letter.eml": mail("within a zip")})
    yield "good.tar", tar({"b.txt": words("good.tar").encode()})
    yield "good.tar.gz", gzip.compress(tar({"b.rtf": rtf(words("good.tar.gz"))}), mtime=0)
    yield "good.txt.gz", gzip.compress(words("good.txt.gz").encode(), mtime=0)
    yield "locked.zip", encrypted_zip()
    yield "locked.docx", compound("EncryptedPackage")
    yield "old.doc", compound("WordDocument")
    yield "deep.zip", nested(20)
    yield "shallow.zip", nested(4)
    yield "bomb.zip", bomb()
    yield "entities.docx", zipped({"[Content_Types].xml": TYPES, "word/document.xml": ENTITIES + f"<w:document {W}><w:p><w:t>&j;</w:t></w:p></w:document>"})
    yield "deep.docx", docx("harbour master", "<w:p>" * 5000)
    yield "deep.rtf", b"{\\rtf1 harbour master " + b"{" * 60000 + b"x" + b"}" * 60001
    yield "endless.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1000000000>>",
                              b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 4 0 R>>>>>>",
                              stream(b"/X Do " * 2000, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>")])
    letters = zlib.compress(zlib.compress(b"BT /F 9 Tf 1 0 0 1 9 9 Tm (bomb) Tj ET " * (2 << 20)))
    yield "bomb.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                           b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
                           stream(letters, b"/Filter[/FlateDecode/FlateDecode]"), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"])
    yield "scan.pdf", pages([])
    yield "picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    yield "empty.pdf", b""


for name, octets in files():
    (HERE / name).write_bytes(octets)
