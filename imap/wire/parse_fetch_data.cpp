// FETCH data: the items that mirroring needs as values, every other one as it was written.
#include "imap/wire/characters.hpp"
#include "imap/wire/literal.hpp"
#include "imap/wire/response_parser.hpp"

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
void internal_date(Cursor& in, FetchData& data) {
    Cursor strict = in;
    const auto date = strict.date_time();
    if (!strict.failed()) {
        in = strict;
        data.internal_date = date;
    } else {
        data.other.emplace_back("INTERNALDATE", parse_raw_value(in));
    }
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
        auto& flags = data.flags.emplace();
        if (!in.accept_word("NIL"))
            in.parenthesised([&] { flags.push_back(in.flag()); });  // quirk: nil_flags
    } else if (name == "INTERNALDATE") {
        internal_date(in, data);
    } else if (name == "RFC822.SIZE") {
        data.size = in.number64("a number of octets");
    } else if (name == "MODSEQ") {
        in.expect('(');
        data.modseq = ModSeq{in.number64("a mod-sequence")};
        in.expect(')');
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
