// Arguments of SEARCH: RETURN (RFC 4731, PARTIAL of RFC 9394), CHARSET, and the tree of keys, within
// named limits. SORT, THREAD and ESEARCH share them.
#include <fmt/format.h>

#include <algorithm>

#include "imap/wire/characters.hpp"
#include "imap/wire/command_parser.hpp"
#include "imap/wire/search_keys.hpp"

namespace mailhold::imap::wire {
namespace {

class KeyParser {
  public:
    explicit KeyParser(Cursor& in) : in_(in) {}

    // search-key; `depth` keys are around it.
    SearchKey key(std::size_t depth) {
        if (depth > max_search_nesting)
            in_.refuse(fmt::format("search keys nested more than {} deep", max_search_nesting));
        if (++keys_ > max_search_keys)
            in_.refuse(fmt::format("more than {} search keys", max_search_keys));

        SearchKey key;
        if (in_.peek() == '(') {
            key.kind = SearchKey::Kind::and_;
            in_.parenthesised([&] { key.children.push_back(this->key(depth + 1)); });
            if (key.children.empty()) in_.fail("a search key");
        } else if (is_digit(in_.peek()) || in_.peek() == '*' || in_.peek() == '$') {
            key.kind = SearchKey::Kind::sequence;
            key.numbers = in_.sequence_set();
        } else {
            const auto start = in_.position();
            const auto name = in_.keyword("a search key");
            const auto known = std::ranges::find(search_key_names, name, &SearchKeyName::name);
            if (known == search_key_names.end()) {
                in_.refuse_at(start, "unknown search key");
                return key;
            }
            key.kind = static_cast<SearchKey::Kind>(known - search_key_names.begin());
            argument(key, known->argument, depth);
        }
        return key;
    }

  private:
    void argument(SearchKey& key, SearchArgument argument, std::size_t depth) {
        if (argument != SearchArgument::none) in_.space();
        switch (argument) {
            case SearchArgument::none:
                break;
            case SearchArgument::text:
                key.text = in_.astring("a string");
                break;
            case SearchArgument::keyword:
                key.text = in_.atom("a keyword");
                break;
            case SearchArgument::date:
                key.day = in_.date();
                break;
            case SearchArgument::size:
                key.size = in_.number64("a number of octets");
                break;
            case SearchArgument::seconds:
                key.size = in_.number("a number of seconds", 1);
                break;
            case SearchArgument::header:
                key.header_name = in_.astring("the name of a header field");
                in_.space();
                key.text = in_.astring("a string");
                break;
            case SearchArgument::uids:
                key.numbers = in_.sequence_set();
                break;
            case SearchArgument::uid:
                key.size = in_.number("a UID", 1);
                break;
            // RFC 7162 3.1.5: the name of a metadata item may stand first. Ours have one
            // mod-sequence for all of them.
            case SearchArgument::modseq:
                if (in_.peek() == '"') {
                    in_.string("the name of a metadata item");
                    in_.space();
                    in_.keyword("priv, shared or all");
                    in_.space();
                }
                key.size = in_.number64("a mod-sequence");
                break;
            case SearchArgument::two_keys:
                key.children.push_back(this->key(depth + 1));
                in_.space();
                [[fallthrough]];
            case SearchArgument::one_key:
                key.children.push_back(this->key(depth + 1));
                break;
        }
    }

    Cursor& in_;
    std::size_t keys_ = 0;
};

}  // namespace

void parse_return_options(Cursor& in, Search& search) {
    if (!in.accept_word("RETURN")) return;
    search.extended = true;
    in.space();
    in.parenthesised([&] {
        const auto start = in.position();
        auto option = in.keyword("a result option");
        if (option != "PARTIAL") {
            search.returns.push_back(std::move(option));
            return;
        }
        if (search.partial) in.refuse_at(start, "PARTIAL given twice");
        in.space();
        search.partial = in.partial_range();
    });
    in.space();
}

void parse_charset(Cursor& in, Search& search) {
    search.charset = upper(in.astring("a charset"));
    if (search.charset.empty()) in.fail("a charset");
    in.space();
}

void parse_search_keys(Cursor& in, Search& search) {
    KeyParser parser(in);
    search.key.kind = SearchKey::Kind::and_;
    do search.key.children.push_back(parser.key(0));
    while (in.more());
}

Search parse_search(Cursor& in, NumberKind kind) {
    Search command;
    command.kind = kind;
    in.space();
    parse_return_options(in, command);
    if (in.accept_word("CHARSET")) {
        in.space();
        parse_charset(in, command);
    }
    parse_search_keys(in, command);
    return command;
}

}  // namespace mailhold::imap::wire
