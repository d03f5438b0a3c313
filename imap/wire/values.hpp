// The values both sides of the protocol share (RFC 3501 section 9, RFC 9051 section 9). Text is
// octets as on the wire unless a comment says otherwise; mailbox names are UTF-8, decoded from
// modified UTF-7 (RFC 3501 5.1.3).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "store/base/ids.hpp"
#include "store/base/time.hpp"

namespace mailhold::imap::wire {

// A sequence-set: closed ranges as written, first <= last except where star is meant. star = "*".
inline constexpr std::uint32_t star = 0xffffffff;
using SequenceSet = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
inline constexpr std::size_t max_set_ranges = 65'536;  // in one set; more is refused
// "$", the result that a SEARCH saved (RFC 5182): the set that is no set, as no message is number 0.
inline const SequenceSet saved_result{{0, 0}};

// partial-range (RFC 9394): "1:100", or "-1:-100" from the end. first <= last, from 1.
struct PartialRange {
    std::uint32_t first = 1;
    std::uint32_t last = 1;
    bool from_end = false;
    bool operator==(const PartialRange&) const = default;
};

enum class NumberKind { sequence, uid };  // which of the two a command's numbers are

// section-spec of BODY[...] (RFC 3501 6.4.5)
struct Section {
    enum class Text { whole, header, header_fields, header_fields_not, text, mime };
    std::vector<std::uint32_t> path;
    Text text = Text::whole;
    std::vector<std::string> fields;
    bool operator==(const Section&) const = default;
};
struct Partial {
    std::uint64_t offset = 0;  // of 63 bits, as RFC 9051 wants it
    std::uint64_t size = 0;
    bool operator==(const Partial&) const = default;
};

// A data item that FETCH asks for. Macros (ALL, FAST, FULL) are expanded by the parser.
struct FetchItem {
    enum class Kind {
        uid,
        flags,
        internal_date,
        rfc822_size,
        envelope,
        body,
        body_structure,
        modseq,
        rfc822,
        rfc822_header,
        rfc822_text,  // obsolete in RFC 9051, sent by real clients
        save_date,    // RFC 8514
        email_id,     // RFC 8474
        thread_id,
        preview,  // RFC 8970
        section,  // BODY[...] and BODY.PEEK[...]
        binary,   // BINARY[...] and BINARY.PEEK[...] (RFC 3516)
        binary_size
    };
    Kind kind = Kind::uid;
    Section section;
    bool peek = false;
    std::optional<Partial> partial;
    bool lazy = false;  // PREVIEW (LAZY)
    bool operator==(const FetchItem&) const = default;
};

enum class StatusItem {
    messages,
    recent,
    uidnext,
    uidvalidity,
    unseen,
    size,
    highestmodseq,
    deleted,
    mailbox_id,      // RFC 8474: the one whose value is no number
    deleted_storage  // RFC 9208: octets of the deleted
};

// resp-text-code (RFC 3501 7.1, RFC 5530): the atom in upper case and its raw arguments:
// {"UIDVALIDITY", "3857529045"}.
struct ResponseCode {
    std::string name;
    std::string arguments;
    bool operator==(const ResponseCode&) const = default;
};

// How mailbox names go over the line: in modified UTF-7 (RFC 3501 5.1.3), or as they are after ENABLE
// UTF8=ACCEPT (RFC 6855 3) or IMAP4rev2 (RFC 9051 5.1).
enum class NameForm { modified_utf7, utf8 };

// nstring: NIL is nullopt.
using NString = std::optional<std::string>;

}  // namespace mailhold::imap::wire
