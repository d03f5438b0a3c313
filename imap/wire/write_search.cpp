// SEARCH as text. Depth is what the caller built; parse_command refuses more than
// max_search_nesting.
#include <fmt/format.h>

#include "imap/wire/command_writer.hpp"
#include "imap/wire/encode.hpp"
#include "imap/wire/search_keys.hpp"

namespace mailhold::imap::wire {
namespace {

void write_keys(CommandWriter& out, const std::vector<SearchKey>& keys);

void write_key(CommandWriter& out, const SearchKey& key) {
    if (key.kind == SearchKey::Kind::sequence) {
        out.text(set_text(key.numbers));
        return;
    }
    if (key.kind == SearchKey::Kind::and_) {
        out.text("(");
        write_keys(out, key.children);
        out.text(")");
        return;
    }
    const auto& [name, argument] = search_key_names[static_cast<std::size_t>(key.kind)];
    out.text(name);
    if (argument != SearchArgument::none) out.text(" ");
    switch (argument) {
        case SearchArgument::none:
            break;
        case SearchArgument::text:
            out.astring(key.text);
            break;
        case SearchArgument::keyword:
            out.text(key.text);
            break;
        case SearchArgument::date:
            out.text(date_text(key.day));
            break;
        case SearchArgument::size:
            out.text(fmt::to_string(key.size));
            break;
        case SearchArgument::header:
            out.astring(key.header_name).text(" ").astring(key.text);
            break;
        case SearchArgument::uids:
            out.text(set_text(key.numbers));
            break;
        case SearchArgument::one_key:
        case SearchArgument::two_keys:
            write_keys(out, key.children);
            break;
    }
}

// An AND of nothing is true.
void write_keys(CommandWriter& out, const std::vector<SearchKey>& keys) {
    if (keys.empty()) out.text("ALL");
    for (bool first = true; const auto& key : keys) {
        if (!first) out.text(" ");
        first = false;
        write_key(out, key);
    }
}

}  // namespace

void write_search(CommandWriter& out, const Search& command) {
    if (command.extended)
        out.text(" RETURN ").list(command.returns, [&](const auto& name) { out.text(name); });
    if (command.charset != Search().charset) out.text(" CHARSET ").astring(command.charset);
    out.text(" ");
    if (command.key.kind == SearchKey::Kind::and_)
        write_keys(out, command.key.children);
    else
        write_key(out, command.key);
}

}  // namespace mailhold::imap::wire
