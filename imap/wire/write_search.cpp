// SEARCH and its kin as text. Depth is what the caller built; parse_command refuses more than
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
        case SearchArgument::seconds:
        case SearchArgument::uid:
        case SearchArgument::modseq:
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

void write_returns(CommandWriter& out, const Search& search) {
    if (!search.extended) return;
    auto options = search.returns;
    if (search.partial) options.push_back("PARTIAL " + range_text(*search.partial));
    out.text(" RETURN ").list(options, [&](const auto& name) { out.text(name); });
}

void write_named_charset(CommandWriter& out, const Search& search) {
    if (!search.charset.empty()) out.text(" CHARSET ").astring(search.charset);
}

void write_program(CommandWriter& out, const Search& search) {
    out.text(" ");
    if (search.key.kind == SearchKey::Kind::and_)
        write_keys(out, search.key.children);
    else
        write_key(out, search.key);
}

}  // namespace

void write_search(CommandWriter& out, const Search& command) {
    write_returns(out, command);
    write_named_charset(out, command);
    write_program(out, command);
}

void write_search(CommandWriter& out, const Sort& command) {
    write_returns(out, command.search);
    out.text(" ").list(command.keys, [&](const SortKey& key) {
        if (key.reverse) out.text("REVERSE ");
        out.text(sort_key_names[static_cast<std::size_t>(key.kind)]);
    });
    out.text(" ").astring(command.search.charset);
    write_program(out, command.search);
}

void write_search(CommandWriter& out, const Thread& command) {
    out.text(" ").text(command.algorithm).text(" ").astring(command.search.charset);
    write_program(out, command.search);
}

void write_filter(CommandWriter& out, const MailboxFilter& filter) {
    out.text(mailbox_filter_names[static_cast<std::size_t>(filter.kind)]);
    if (!has_names(filter.kind)) return;
    out.text(" ").list(filter.names, [&](const auto& name) { out.mailbox(name); });
}

void write_search(CommandWriter& out, const MultiSearch& command) {
    if (!command.sources.empty()) {
        out.text(" IN ").list(command.sources,
                              [&](const MailboxFilter& filter) { write_filter(out, filter); });
    }
    write_search(out, command.search);
}

}  // namespace mailhold::imap::wire
