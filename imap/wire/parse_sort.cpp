// Arguments of SORT and THREAD (RFC 5256): what orders the messages, the charset, which must be
// named, and the search keys. SORT takes RETURN as SEARCH does (ESORT, RFC 5267).
#include <algorithm>

#include "imap/wire/command_parser.hpp"
#include "imap/wire/search_keys.hpp"

namespace mailhold::imap::wire {
namespace {

SortKey sort_key(Cursor& in) {
    SortKey key;
    key.reverse = in.accept_word("REVERSE");
    if (key.reverse) in.space();
    const auto start = in.position();
    const auto known = std::ranges::find(sort_key_names, in.keyword("a sort key"));
    if (known == sort_key_names.end())
        in.refuse_at(start, "unknown sort key");
    else
        key.kind = static_cast<SortKey::Kind>(known - sort_key_names.begin());
    return key;
}

void search_program(Cursor& in, Search& search) {
    in.space();
    parse_charset(in, search);
    parse_search_keys(in, search);
}

}  // namespace

Sort parse_sort(Cursor& in, NumberKind kind) {
    Sort command;
    command.search.kind = kind;
    in.space();
    parse_return_options(in, command.search);
    in.parenthesised([&] { command.keys.push_back(sort_key(in)); });
    if (command.keys.empty()) in.fail("at least one sort key");
    search_program(in, command.search);
    return command;
}

Thread parse_thread(Cursor& in, NumberKind kind) {
    Thread command;
    command.search.kind = kind;
    in.space();
    command.algorithm = in.keyword("a threading algorithm");
    search_program(in, command.search);
    return command;
}

}  // namespace mailhold::imap::wire
