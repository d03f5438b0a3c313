#!/usr/bin/env python3
"""Holds the arrows between the folders: api -> imap, intake -> indexer -> store, the finer ones inside, and the wall around
each third-party library. Exit 1 lists every include that breaks one."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What each folder may include of ours (its own files always). Longest matching folder wins.
MAY_INCLUDE = {
    "store/base": [],
    "store/ledger": ["store/base", "store/facts.hpp"],
    "store/catalog": ["store/base", "store/facts.hpp"],
    "store": ["store"],
    "indexer/mime": ["store/base"],
    "indexer/text": ["store/base", "indexer/mime"],
    "indexer/extract": ["store/base", "indexer/mime", "indexer/text"],
    "indexer/query": ["store/base", "store/catalog/types.hpp", "indexer/text"],
    "indexer/engine": ["store/base", "indexer/text", "indexer/query"],
    "indexer/pipeline": ["store/base", "store/archive.hpp", "store/catalog/types.hpp", "store/facts.hpp", "indexer"],
    "imap/wire": ["store/base"],
    "imap/net": ["store/base"],
    "imap/client": ["store/base", "imap/wire", "imap/net"],
    "imap/sync": ["store/base", "store/archive.hpp", "store/catalog/types.hpp", "store/facts.hpp", "imap/client",
                  "imap/wire", "imap/net", "indexer/mime"],
    "imap/server": ["store/base", "store/archive.hpp", "store/workspaces.hpp", "store/rights.hpp", "store/audit.hpp", "store/catalog/types.hpp", "store/facts.hpp",
                    "indexer", "imap/wire", "imap/net"],
    "intake": ["store/base", "store/archive.hpp", "store/facts.hpp", "indexer/mime", "imap/wire/utf7.hpp"],
    "intake/journal": ["store/base", "store/archive.hpp", "store/facts.hpp", "indexer/mime", "imap/net"],
    "api/config": ["intake/journal", "store/base", "store/audit.hpp", "imap/sync/sync.hpp", "imap/server/server.hpp", "imap/net/tls.hpp", "imap/net"],
    "api": ["api", "imap", "intake", "indexer", "store"],
}

# Third-party headers and the only folders (or files) that may include them.
WALLS = {
    r"xapian": ["indexer/engine"],
    r"gmime/|glib": ["indexer/mime"],
    r"SQLiteCpp/|sqlite3": ["store/catalog"],
    r"boost/asio": ["imap/net", "imap/client", "imap/sync", "imap/server", "intake/journal/server.cpp", "api/http"],
    r"boost/beast": ["api/http"],
    r"openssl/": ["store/base", "store/ledger", "imap/net"],
    r"google/protobuf|\.pb\.h": ["store/ledger"],
    r"gsasl": ["imap/client/sasl.cpp", "imap/server/login/scram.cpp"],
    r"curl/": ["imap/net/https.cpp"],
    r"spdlog/": ["store/base"],
    r"CLI/": ["api/cli"],
    r"toml\+\+": ["api/config"],
    r"sodium": ["imap/server"],
    r"unicode/": ["indexer/text"],
    r"libxml/": ["indexer/text", "indexer/extract"],
    r"libstemmer|cld2/": ["indexer/text"],
    r"poppler-": ["indexer/extract/pdf.cpp"],
    r"archive\.h|archive_entry\.h": ["indexer/extract"],
    r"seccomp\.h|linux/landlock": ["indexer/extract/sandbox.cpp"],
    r"zlib": ["imap/net/deflate.cpp"],
    r"zstd": ["store/base/compression.cpp", "store/ledger/payload.cpp"],
    r"prometheus/": ["api/http"],
}

OURS = re.compile(r"^(store|indexer|imap|intake|api|tests)/")
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)


def inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def problems():
    for top in ("store", "indexer", "imap", "intake", "api"):
        for file in sorted((ROOT / top).rglob("*.[ch]pp")):
            name = file.relative_to(ROOT).as_posix()
            folder = max((f for f in MAY_INCLUDE if inside(name, f)), key=len)
            for header in INCLUDE.findall(file.read_text()):
                if OURS.match(header):
                    if not inside(header, folder) and not any(inside(header, m) for m in MAY_INCLUDE[folder]):
                        yield f"{name} must not include {header}"
                    continue
                for library, allowed in WALLS.items():
                    if re.match(library, header) and not any(inside(name, a) for a in allowed):
                        yield f"{name} includes <{header}>, which belongs behind the wall of {', '.join(allowed)}"


found = list(problems())
print("\n".join(found) if found else "layering: every include follows the arrows")
sys.exit(1 if found else 0)
