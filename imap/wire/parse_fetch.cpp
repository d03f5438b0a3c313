// Arguments of FETCH: numbers, items or a macro (expanded here), and the modifiers of RFC 7162 and
// 9394.
#include <algorithm>
#include <span>

#include "imap/wire/characters.hpp"
#include "imap/wire/command_parser.hpp"
#include "imap/wire/fetch_items.hpp"

namespace mailhold::imap::wire {
namespace {

using Kind = FetchItem::Kind;

// RFC 3501 6.4.5: FAST is the first three, ALL the first four, FULL all.
constexpr std::array macro_items{Kind::flags, Kind::internal_date, Kind::rfc822_size,
                                 Kind::envelope, Kind::body};

std::span<const Kind> macro(std::string_view name) {
    const std::span items(macro_items);
    if (name == "FAST") return items.first(3);
    if (name == "ALL") return items.first(4);
    if (name == "FULL") return items;
    return {};
}

Section section(Cursor& in) {
    Section section;
    bool open = true;  // a name or a number may come: at the start, or behind a dot
    while (is_digit(in.peek())) {
        section.path.push_back(in.number("a part number", 1));
        open = in.accept('.');
        if (!open) break;
    }
    if (in.accept(']')) {
        if (open && !section.path.empty()) in.fail("a section behind the dot");
        return section;
    }
    const auto start = in.position();
    const auto name = open ? upper(in.take_while(is_atom_char)) : std::string();
    const auto known = std::ranges::find(section_text_names, name);
    section.text = known == section_text_names.end()
                       ? Section::Text::whole
                       : static_cast<Section::Text>(known - section_text_names.begin());
    if (section.text == Section::Text::whole ||
        (section.text == Section::Text::mime &&
         section.path.empty())) {  // RFC 3501 9: section-part comes first
        in.refuse_at(start, "expected a section or ]");
        return section;
    }
    if (section.text == Section::Text::header_fields ||
        section.text == Section::Text::header_fields_not) {
        in.space();
        in.parenthesised(
            [&] { section.fields.push_back(in.astring("the name of a header field")); });
        if (section.fields.empty()) in.fail("at least one header field");
    }
    in.expect(']');
    return section;
}

std::optional<Partial> partial(Cursor& in) {
    if (!in.accept('<')) return std::nullopt;
    Partial partial;
    partial.offset = in.number64("the first octet");
    in.expect('.');
    partial.size = in.number64("a number of octets", 1);
    in.expect('>');
    return partial;
}

// RFC 8970 6: PREVIEW may be followed by one modifier. A list of FETCH modifiers looks like it.
bool lazy(Cursor& in) {
    constexpr std::string_view modifier = " (LAZY)";
    if (!equals_ignoring_case(in.rest().substr(0, modifier.size()), modifier)) return false;
    in.skip(modifier.size());
    return true;
}

// RFC 3516 3: part numbers, and nothing behind them.
Section part(Cursor& in) {
    Section part;
    if (in.accept(']')) return part;
    do part.path.push_back(in.number("a part number", 1));
    while (in.accept('.'));
    in.expect(']');
    return part;
}

// "BODY[...]" and its like, whose name is read.
bool section_item(Cursor& in, std::string_view name, std::vector<FetchItem>& items) {
    for (const auto kind : {Kind::section, Kind::binary, Kind::binary_size}) {
        const auto plain = section_item_name(kind);
        const bool peek = kind != Kind::binary_size && name.ends_with(".PEEK");
        if ((peek ? name.substr(0, name.size() - 5) : name) != plain || !in.accept('[')) continue;
        FetchItem item;
        item.kind = kind;
        item.section = kind == Kind::section ? section(in) : part(in);
        item.peek = peek;
        if (kind != Kind::binary_size) item.partial = partial(in);
        items.push_back(std::move(item));
        return true;
    }
    return false;
}

void modifiers(Cursor& in, Fetch& command) {
    in.parenthesised([&] {
        const auto start = in.position();
        const auto name = in.keyword("a fetch modifier");
        if (name == "CHANGEDSINCE") {
            in.space();
            command.changed_since = ModSeq{in.number64("a mod-sequence")};
        } else if (name == "PARTIAL" && command.kind == NumberKind::uid && !command.partial) {
            in.space();
            command.partial = in.partial_range();
        } else if (name == "VANISHED" && command.kind == NumberKind::uid) {
            command.vanished = true;  // RFC 7162 3.2.6
        } else {
            in.refuse_at(start, "unsupported fetch modifier");
        }
    });
}

}  // namespace

void parse_fetch_item(Cursor& in, std::vector<FetchItem>& items) {
    const auto start = in.position();
    const auto name = upper(in.take_some(
        [](char c) { return is_atom_char(c) && c != '[' && c != '<'; }, "a fetch item"));
    if (section_item(in, name, items)) return;
    const auto known = std::ranges::find(fetch_item_names, name);
    if (known != fetch_item_names.end()) {
        auto& item = items.emplace_back();
        item.kind = static_cast<Kind>(known - fetch_item_names.begin());
        if (item.kind == Kind::preview) item.lazy = lazy(in);
        return;
    }
    const auto expanded = macro(name);  // quirk: macro_in_parentheses
    for (const auto kind : expanded) items.emplace_back().kind = kind;
    if (expanded.empty()) in.refuse_at(start, "unknown fetch item");
}

Fetch parse_fetch(Cursor& in, NumberKind kind) {
    Fetch command;
    command.kind = kind;
    in.space();
    command.numbers = in.sequence_set();
    in.space();
    const auto item = [&] { parse_fetch_item(in, command.items); };
    if (in.peek() == '(')
        in.parenthesised(item);
    else
        item();
    if (command.items.empty()) in.fail("at least one fetch item");
    if (in.more()) modifiers(in, command);
    return command;
}

}  // namespace mailhold::imap::wire
