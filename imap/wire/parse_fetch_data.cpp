// FETCH data: the items that mirroring needs as values, every other one as it was written.
#include "imap/wire/characters.hpp"
#include "imap/wire/literal.hpp"
#include "imap/wire/response_parser.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {
namespace {

// The octets of a section: in the response, or already handed out in pieces by the framer.
void section_octets(Cursor& in, FetchData::SectionData& data) {
    const auto literal = literal_at_start(in.rest());
    if (literal && literal->form == Literal::Form::streamed &&
        in.rest().substr(literal->length, 2) == "\r\n") {
        in.skip(literal->length + 2);
        data.streamed = true;
        data.octets = "";
        return;
    }
    data.octets = in.nstring("the octets of a section");
}

// Behind "BODY[".
void body_section(Cursor& in, FetchData& data) {
    auto& section = data.sections.emplace_back();
    section.section = parse_bracket(in);
    if (in.accept('<')) {
        section.origin = in.number("the first octet of a partial");
        if (in.accept('.')) in.number("a number of octets");  // quirk: partial_repeats_size
        in.expect('>');
    }
    in.space();
    section_octets(in, section);
}

// A date that cannot be read must not cost the message: it stays raw (quirk: broken_internaldate).
void date(Cursor& in, const std::string& name, std::optional<ZonedSeconds>& target,
          FetchData& data) {
    Cursor strict = in;
    const auto value = strict.date_time();
    if (!strict.failed()) {
        in = strict;
        target = value;
    } else {
        data.other.emplace_back(name, parse_raw_value(in));
    }
}

// Atoms, quoted strings or literals; a system label is an atom "\\Inbox", or a string of that text.
std::string gmail_label(Cursor& in) {
    return in.peek() == '\\' ? in.flag() : decode_mailbox_name(in.astring("a label"));
}

// Nothing in it must cost the message: what cannot be read stays raw, and is not told.
void gmail_item(Cursor& in, const std::string& name, FetchData& data) {
    constexpr std::size_t longest = 256 << 10;  // of the labels, as they are written
    Cursor strict = in;
    auto& gmail = data.gmail ? *data.gmail : data.gmail.emplace();
    if (name == "X-GM-LABELS") {
        std::vector<std::string> labels;
        if (!strict.accept_word("NIL"))
            strict.parenthesised([&] { labels.push_back(gmail_label(strict)); });
        const bool bearable = strict.position() - in.position() <= longest;
        if (!strict.failed() && bearable) gmail.labels = std::move(labels);
    } else {
        const auto id = strict.number64("an id");
        if (!strict.failed()) (name == "X-GM-MSGID" ? gmail.message_id : gmail.thread_id) = id;
    }
    if (strict.failed())
        data.other.emplace_back(name, parse_raw_value(in));
    else
        in = strict;
}

void item(Cursor& in, FetchData& data) {
    const auto name = upper(in.take_some(
        [](char c) { return is_atom_char(c) && c != '[' && c != '<'; }, "a fetch item"));
    if (name == "BODY" && in.accept('[')) return body_section(in, data);
    if (in.peek() == '[') {  // BINARY[1.2]<0> and its like
        const auto start = in.position();
        in.skip(1);
        parse_bracket(in);
        in.take_while([](char c) { return c != ' ' && c != ')' && c != '('; });
        const auto bracket = std::string(in.since(start));
        in.space();
        data.other.emplace_back(name + bracket, parse_raw_value(in));
        return;
    }
    in.blanks();
    if (name == "UID") {
        data.uid = Uid{in.number("a UID", 1)};
    } else if (name == "FLAGS") {
        constexpr std::size_t longest = 64 << 10;  // as they are written
        const auto start = in.position();
        auto& flags = data.flags.emplace();
        if (!in.accept_word("NIL"))
            in.parenthesised([&] { flags.push_back(in.flag()); });  // quirk: nil_flags
        if (in.position() - start > longest) in.fail("flags that a message can have");
    } else if (name == "INTERNALDATE") {
        date(in, name, data.internal_date, data);
    } else if (name == "SAVEDATE") {
        if (!in.accept_word("NIL")) date(in, name, data.saved, data);
    } else if (name == "RFC822.SIZE") {
        data.size = in.number64("a number of octets");
    } else if (name == "MODSEQ") {
        in.expect('(');
        data.modseq = ModSeq{in.number64("a mod-sequence")};
        in.expect(')');
    } else if (name == "X-GM-MSGID" || name == "X-GM-THRID" || name == "X-GM-LABELS") {
        gmail_item(in, name, data);
    } else if (name == "RFC822" || name == "RFC822.HEADER" || name == "RFC822.TEXT") {
        auto& section = data.sections.emplace_back();
        section.section = name == "RFC822" ? "" : name.substr(std::string_view("RFC822.").size());
        section_octets(in, section);
    } else {
        data.other.emplace_back(name, parse_raw_value(in));
    }
}

}  // namespace

FetchData parse_fetch_data(Cursor& in, std::uint32_t sequence) {
    FetchData data;
    data.sequence = sequence;
    in.space();
    in.expect('(');
    in.blanks();
    while (!in.failed() && !in.accept(')')) {
        item(in, data);
        in.blanks();  // quirk: missing_blank, between items that cannot run together
    }
    return data;
}

}  // namespace mailhold::imap::wire
