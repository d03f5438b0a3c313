#include "imap/server/search/base_subject.hpp"

#include "imap/server/ascii.hpp"

namespace mailhold::imap::server {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
    return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

void skip_blanks(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
}

// subj-blob = "[" *BLOBCHAR "]" *WSP, where BLOBCHAR is no bracket.
bool skip_blob(std::string_view& text) {
    if (!text.starts_with('[')) return false;
    const auto end = text.find_first_of("[]", 1);
    if (end == std::string_view::npos || text[end] == '[') return false;
    text.remove_prefix(end + 1);
    skip_blanks(text);
    return true;
}

// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
bool skip_refwd(std::string_view& text) {
    std::string_view rest = text;
    if (starts_with(rest, "fwd"))
        rest.remove_prefix(3);
    else if (starts_with(rest, "re") || starts_with(rest, "fw"))
        rest.remove_prefix(2);
    else
        return false;
    skip_blanks(rest);
    skip_blob(rest);
    if (!rest.starts_with(':')) return false;
    text = rest.substr(1);
    return true;
}

// subj-leader = (*subj-blob subj-refwd) / WSP; without the WSP.
bool skip_leader(std::string_view& text) {
    std::string_view rest = text;
    while (skip_blob(rest)) {
    }
    if (!skip_refwd(rest)) return false;
    text = rest;
    return true;
}

// subj-trailer = "(fwd)" / WSP, all there are; whether one was "(fwd)".
bool drop_trailers(std::string_view& text) {
    constexpr std::string_view forwarded = "(fwd)";
    bool found = false;
    while (true) {
        while (text.ends_with(' ')) text.remove_suffix(1);
        if (text.size() < forwarded.size() ||
            !starts_with(text.substr(text.size() - forwarded.size()), forwarded))
            return found;
        text.remove_suffix(forwarded.size());
        found = true;
    }
}

std::string with_single_blanks(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank)
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
    }
    return out;
}

}  // namespace

BaseSubject base_subject(std::string_view subject) {
    const std::string whole = with_single_blanks(subject);  // (1)
    std::string_view text = whole;
    BaseSubject base;
    while (true) {
        if (drop_trailers(text)) base.reply_or_forward = true;  // (2)
        for (bool again = true; again;) {                       // (5)
            again = false;
            skip_blanks(text);
            while (skip_leader(text)) {  // (3)
                skip_blanks(text);
                again = base.reply_or_forward = true;
            }
            auto rest = text;
            if (skip_blob(rest) && !rest.empty()) {  // (4)
                text = rest;
                again = true;
            }
        }
        constexpr std::string_view forwarded = "[fwd:";
        if (!starts_with(text, forwarded) || !text.ends_with(']')) break;  // (6)
        text = text.substr(forwarded.size(), text.size() - forwarded.size() - 1);
        base.reply_or_forward = true;
    }
    base.text = text;
    return base;
}

}  // namespace mailhold::imap::server
