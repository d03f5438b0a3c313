// The names of search keys, sort keys and mailbox filters, and what follows each, for parser and
// writer.
#pragma once

#include <array>
#include <string_view>

#include "imap/wire/command.hpp"

namespace mailhold::imap::wire {

// clang-format off
enum class SearchArgument {
    none, text, keyword, date, size, seconds, header, uids, uid, modseq, one_key, two_keys
};
// clang-format on

struct SearchKeyName {
    std::string_view name;
    SearchArgument argument = SearchArgument::none;
};

// In the order of the enumerators of SearchKey::Kind; the last two, sequence and and_, have no
// name.
inline constexpr std::array<SearchKeyName, 48> search_key_names{{
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
    {"OLDER", SearchArgument::seconds},
    {"YOUNGER", SearchArgument::seconds},
    {"SAVEDBEFORE", SearchArgument::date},
    {"SAVEDON", SearchArgument::date},
    {"SAVEDSINCE", SearchArgument::date},
    {"SAVEDATESUPPORTED"},
    {"EMAILID", SearchArgument::text},
    {"THREADID", SearchArgument::text},
    {"FUZZY", SearchArgument::one_key},
    {"X-GM-RAW", SearchArgument::text},
    {"MODSEQ", SearchArgument::modseq},
    {"UIDAFTER", SearchArgument::uid},
    {"UIDBEFORE", SearchArgument::uid},
}};

// In the order of the enumerators of SortKey::Kind (RFC 5256, 5957, 6203).
inline constexpr std::array<std::string_view, 10> sort_key_names{
    "ARRIVAL", "CC", "DATE",        "FROM",      "SIZE",
    "SUBJECT", "TO", "DISPLAYFROM", "DISPLAYTO", "RELEVANCY"};

// In the order of the enumerators of MailboxFilter::Kind (RFC 5465, 7377); names follow the last
// three.
inline constexpr std::array<std::string_view, 8> mailbox_filter_names{
    "SELECTED",   "SELECTED-DELAYED", "INBOXES",     "PERSONAL",
    "SUBSCRIBED", "SUBTREE",          "SUBTREE-ONE", "MAILBOXES"};
constexpr bool has_names(MailboxFilter::Kind kind) {
    return kind >= MailboxFilter::Kind::subtree;
}

static_assert(search_key_names.size() == static_cast<std::size_t>(SearchKey::Kind::sequence));

}  // namespace mailhold::imap::wire
