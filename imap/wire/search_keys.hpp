// The names of the search keys (RFC 3501 6.4.4) and what follows each, for parser and writer.
#pragma once

#include <array>
#include <string_view>

#include "imap/wire/command.hpp"

namespace mailhold::imap::wire {

enum class SearchArgument { none, text, keyword, date, size, header, uids, one_key, two_keys };

struct SearchKeyName {
    std::string_view name;
    SearchArgument argument = SearchArgument::none;
};

// In the order of the enumerators of SearchKey::Kind; the last two, sequence and and_, have no
// name.
inline constexpr std::array<SearchKeyName, 35> search_key_names{{
    {"ALL"},
    {"ANSWERED"},
    {"BCC", SearchArgument::text},
    {"BEFORE", SearchArgument::date},
    {"BODY", SearchArgument::text},
    {"CC", SearchArgument::text},
    {"DELETED"},
    {"DRAFT"},
    {"FLAGGED"},
    {"FROM", SearchArgument::text},
    {"HEADER", SearchArgument::header},
    {"KEYWORD", SearchArgument::keyword},
    {"LARGER", SearchArgument::size},
    {"NEW"},
    {"NOT", SearchArgument::one_key},
    {"OLD"},
    {"ON", SearchArgument::date},
    {"OR", SearchArgument::two_keys},
    {"RECENT"},
    {"SEEN"},
    {"SENTBEFORE", SearchArgument::date},
    {"SENTON", SearchArgument::date},
    {"SENTSINCE", SearchArgument::date},
    {"SINCE", SearchArgument::date},
    {"SMALLER", SearchArgument::size},
    {"SUBJECT", SearchArgument::text},
    {"TEXT", SearchArgument::text},
    {"TO", SearchArgument::text},
    {"UID", SearchArgument::uids},
    {"UNANSWERED"},
    {"UNDELETED"},
    {"UNDRAFT"},
    {"UNFLAGGED"},
    {"UNKEYWORD", SearchArgument::keyword},
    {"UNSEEN"},
}};

static_assert(search_key_names.size() == static_cast<std::size_t>(SearchKey::Kind::sequence));

}  // namespace mailhold::imap::wire
