#include "imap/server/search_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "imap/server/view.hpp"
#include "imap/wire/encode.hpp"
#include "indexer/text/fold.hpp"

namespace mailhold::imap::server {
namespace {

namespace query = indexer::query;
using query::DateField;
using query::DateTest;
using query::make;
using query::QueryPtr;
using query::TextScope;
using wire::SearchKey;

class Translator {
  public:
    Translator(std::string charset, const store::MailboxSnapshot& mailbox)
        : charset_(std::move(charset)), mailbox_(mailbox) {}

    QueryPtr query(const SearchKey& key) const {
        switch (key.kind) {
            case SearchKey::Kind::all:
                return make(query::All{});
            case SearchKey::Kind::answered:
                return flag("\\Answered");
            case SearchKey::Kind::bcc:
                return text(TextScope::bcc, key);
            case SearchKey::Kind::before:
                return date(DateField::internal, DateTest::before, key);
            case SearchKey::Kind::body:
                return text(TextScope::body, key);
            case SearchKey::Kind::cc:
                return text(TextScope::cc, key);
            case SearchKey::Kind::deleted:
                return flag("\\Deleted");
            case SearchKey::Kind::draft:
                return flag("\\Draft");
            case SearchKey::Kind::flagged:
                return flag("\\Flagged");
            case SearchKey::Kind::from:
                return text(TextScope::from, key);
            case SearchKey::Kind::header:
                return text(TextScope::header, key);
            case SearchKey::Kind::keyword:
                return flag(key.text);
            case SearchKey::Kind::larger:
                return size(query::SizeKey::Test::larger, key);
            // No message is \Recent here, so none is NEW and all are OLD.
            case SearchKey::Kind::new_:
                return make(query::None{});
            case SearchKey::Kind::not_:
                return make(query::Not{query(key.children.at(0))});
            case SearchKey::Kind::old:
                return make(query::All{});
            case SearchKey::Kind::on:
                return date(DateField::internal, DateTest::on, key);
            case SearchKey::Kind::or_:
                return make(query::Or{children(key)});
            case SearchKey::Kind::recent:
                return make(query::None{});
            case SearchKey::Kind::seen:
                return flag("\\Seen");
            case SearchKey::Kind::sent_before:
                return date(DateField::sent, DateTest::before, key);
            case SearchKey::Kind::sent_on:
                return date(DateField::sent, DateTest::on, key);
            case SearchKey::Kind::sent_since:
                return date(DateField::sent, DateTest::since, key);
            case SearchKey::Kind::since:
                return date(DateField::internal, DateTest::since, key);
            case SearchKey::Kind::smaller:
                return size(query::SizeKey::Test::smaller, key);
            case SearchKey::Kind::subject:
                return text(TextScope::subject, key);
            case SearchKey::Kind::text:
                return text(TextScope::text, key);
            case SearchKey::Kind::to:
                return text(TextScope::to, key);
            case SearchKey::Kind::uid:
                return make(query::UidKey{resolve(key.numbers, wire::NumberKind::uid, mailbox_)});
            case SearchKey::Kind::unanswered:
                return no_flag("\\Answered");
            case SearchKey::Kind::undeleted:
                return no_flag("\\Deleted");
            case SearchKey::Kind::undraft:
                return no_flag("\\Draft");
            case SearchKey::Kind::unflagged:
                return no_flag("\\Flagged");
            case SearchKey::Kind::unkeyword:
                return no_flag(key.text);
            case SearchKey::Kind::unseen:
                return no_flag("\\Seen");
            case SearchKey::Kind::sequence:
                return make(
                    query::SequenceKey{resolve(key.numbers, wire::NumberKind::sequence, mailbox_)});
            case SearchKey::Kind::and_:
                return make(query::And{children(key)});
        }
        return make(query::None{});
    }

  private:
    static QueryPtr flag(std::string name) { return make(query::FlagKey{std::move(name)}); }
    static QueryPtr no_flag(std::string name) { return make(query::Not{flag(std::move(name))}); }
    static QueryPtr date(DateField field, DateTest test, const SearchKey& key) {
        return make(query::DateKey{field, test, key.day});
    }
    static QueryPtr size(query::SizeKey::Test test, const SearchKey& key) {
        return make(query::SizeKey{test, key.size});
    }
    QueryPtr text(TextScope scope, const SearchKey& key) const {
        return make(
            query::TextKey{scope, key.header_name, indexer::text::to_utf8(key.text, charset_)});
    }
    std::vector<QueryPtr> children(const SearchKey& key) const {
        std::vector<QueryPtr> queries;
        for (const SearchKey& child : key.children) queries.push_back(query(child));
        return queries;
    }

    std::string charset_;
    const store::MailboxSnapshot& mailbox_;
};

}  // namespace

Result<QueryPtr> make_query(const wire::Search& search, const store::MailboxSnapshot& mailbox) {
    if (!indexer::text::charset_known(search.charset)) {
        return fail(Errc::unsupported, fmt::format("charset {}", search.charset));
    }
    // Clients that name no charset and send 8-bit octets mean UTF-8.
    const std::string charset = search.charset == "US-ASCII" ? "UTF-8" : search.charset;
    return query::simplify(Translator(charset, mailbox).query(search.key));
}

std::string search_response(std::string_view tag, const wire::Search& search,
                            const std::vector<std::uint32_t>& numbers) {
    std::string text;
    auto end = std::back_inserter(text);
    if (!search.extended) {
        text = "* SEARCH";
        for (const std::uint32_t number : numbers) fmt::format_to(end, " {}", number);
        return text + "\r\n";
    }
    fmt::format_to(end, "* ESEARCH (TAG {})", wire::string_text(tag));
    if (search.kind == wire::NumberKind::uid) text += " UID";
    const auto wants = [&](std::string_view item) {
        return std::ranges::find(search.returns, item) != search.returns.end();
    };
    // RFC 4731 3.1: RETURN () means ALL; MIN, MAX and ALL are left out where nothing was found.
    if (!numbers.empty()) {
        if (wants("MIN")) fmt::format_to(end, " MIN {}", numbers.front());
        if (wants("MAX")) fmt::format_to(end, " MAX {}", numbers.back());
        if (wants("ALL") || search.returns.empty()) {
            fmt::format_to(end, " ALL {}", wire::set_text(wire::set_of(numbers)));
        }
    }
    if (wants("COUNT")) fmt::format_to(end, " COUNT {}", numbers.size());
    return text + "\r\n";
}

}  // namespace mailhold::imap::server
