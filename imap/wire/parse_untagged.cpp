// Untagged data about mailboxes and searches: LIST, LSUB, STATUS, SEARCH, ESEARCH, VANISHED.
#include "imap/wire/characters.hpp"
#include "imap/wire/response_parser.hpp"
#include "imap/wire/status_items.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::wire {
namespace {

// Reads a mailbox name into the `mailbox` and `spelling` of LIST and STATUS data.
template <class Data>
void mailbox_name(Cursor& in, Data& data) {
    auto octets = in.mailbox_octets();
    if (equals_ignoring_case(octets, "INBOX")) {
        data.mailbox = "INBOX";  // RFC 3501 5.1
        return;
    }
    data.mailbox = decode_mailbox_name(octets);
    if (to_modified_utf7(data.mailbox) != octets) data.spelling = std::move(octets);
}

// DQUOTE QUOTED-CHAR DQUOTE / nil
std::string separator(Cursor& in) {
    constexpr std::string_view unescaped = R"("\" )";
    if (in.at(unescaped)) {  // quirk: unescaped_separator
        in.skip(unescaped.size() - 1);
        return "\\";
    }
    return in.nstring("a hierarchy separator or NIL").value_or("");
}

}  // namespace

ListData parse_list_data(Cursor& in) {
    ListData data;
    in.space();
    in.parenthesised([&] { data.attributes.push_back(in.flag()); });
    in.space();
    data.separator = separator(in);
    in.space();
    mailbox_name(in, data);
    if (in.more()) parse_raw_value(in);  // RFC 5258 6: extended data, of which we asked for none
    return data;
}

StatusData parse_status_data(Cursor& in) {
    StatusData data;
    in.space();
    mailbox_name(in, data);
    in.space();
    in.parenthesised([&] {
        const auto item = status_item(in.keyword("a status item"));
        in.space();
        if (item == StatusItem::mailbox_id)
            in.parenthesised([&] { data.mailbox_id = in.astring("an object id"); });
        else if (item)
            data.items.emplace_back(*item, in.number64("a number"));
        else
            parse_raw_value(in);
    });
    return data;
}

SearchData parse_search_data(Cursor& in) {
    SearchData data;
    while (in.more()) {  // quirk: trailing_blanks, which Exchange and others send behind no number
                         // at all
        if (in.peek() == '(')
            parse_raw_value(in);  // RFC 7162 3.1.5: (MODSEQ n)
        else
            data.numbers.push_back(in.number("a message number", 1));
    }
    return data;
}

ESearchData parse_esearch_data(Cursor& in) {
    ESearchData data;
    while (in.more()) {
        if (in.accept('(')) {  // search-correlator
            if (!in.accept_word("TAG")) in.fail("TAG");
            in.space();
            data.tag = in.astring("a tag");
            in.expect(')');
            continue;
        }
        const auto name = in.keyword("a search result");
        if (name == "UID") {
            data.uid = true;
            continue;
        }
        in.space();
        if (name == "MIN")
            data.min = in.number("a number", 1);
        else if (name == "MAX")
            data.max = in.number("a number", 1);
        else if (name == "COUNT")
            data.count = in.number("a number");
        else if (name == "ALL")
            data.all = in.sequence_set();
        else
            parse_raw_value(in);
    }
    return data;
}

VanishedData parse_vanished_data(Cursor& in) {
    VanishedData data;
    in.space();
    if (in.accept('(')) {
        if (!in.accept_word("EARLIER")) in.fail("EARLIER");
        in.expect(')');
        in.space();
        data.earlier = true;
    }
    data.uids = in.sequence_set();
    return data;
}

}  // namespace mailhold::imap::wire
