#include "imap/server/search/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "imap/server/mailbox/object_ids.hpp"
#include "imap/server/mailbox/view.hpp"
#include "imap/wire/encode.hpp"
#include "indexer/query/evaluate.hpp"
#include "indexer/query/fuzzy.hpp"
#include "indexer/query/human.hpp"
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

constexpr std::size_t most_looked_up = 16;  // keys of a command whose UIDs are looked up here

class Translator {
  public:
    Translator(std::string charset, const KeySources& sources)
        : charset_(std::move(charset)), sources_(sources), mailbox_(sources.mailbox) {}

    const Status& problem() const { return problem_; }

    QueryPtr query(const SearchKey& key) {
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
                if (key.numbers == wire::saved_result)
                    return looked_up(key, [&] { return saved(); });
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
            // RFC 5032 3: both hold for a message of exactly that age.
            case SearchKey::Kind::older:
                return looked_up(key, [&, limit = instant_before(key)] {
                    return those([&](std::size_t place) {
                        return mailbox_.entries[place].internal_date.utc <= limit;
                    });
                });
            case SearchKey::Kind::younger:
                return looked_up(key, [&, limit = instant_before(key)] {
                    return those([&](std::size_t place) {
                        return mailbox_.entries[place].internal_date.utc >= limit;
                    });
                });
            case SearchKey::Kind::saved_before:
                return looked_up(key, [&] { return archived(DateTest::before, key.day); });
            case SearchKey::Kind::saved_on:
                return looked_up(key, [&] { return archived(DateTest::on, key.day); });
            case SearchKey::Kind::saved_since:
                return looked_up(key, [&] { return archived(DateTest::since, key.day); });
            case SearchKey::Kind::email_id:
                return looked_up(key, [&] { return with_email_id(key.text); });
            case SearchKey::Kind::thread_id:
                return looked_up(key, [&] { return with_thread_id(key.text); });
            case SearchKey::Kind::modseq:
                return looked_up(key, [&] {
                    return those([&](std::size_t place) {
                        return number(mailbox_.entries[place].modseq) >= key.size;
                    });
                });
            case SearchKey::Kind::uid_after:
                return between(key.size + 1, std::numeric_limits<std::uint32_t>::max());
            case SearchKey::Kind::uid_before:
                return between(1, key.size - 1);
            case SearchKey::Kind::save_date_supported:
                return make(query::All{});
            case SearchKey::Kind::fuzzy:
                return fuzzy(key);
            case SearchKey::Kind::gm_raw:
                return human(key);
            case SearchKey::Kind::sequence:
                if (key.numbers == wire::saved_result)
                    return looked_up(key, [&] { return saved(); });
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
    QueryPtr text(TextScope scope, const SearchKey& key) {
        query::TextKey made{scope, key.header_name, decoded(key.text)};
        return is_fuzzy_ ? query::fuzzy_key(made) : make(std::move(made));
    }
    // RFC 6203 3: of keys for which it means nothing, FUZZY is ignored.
    QueryPtr fuzzy(const SearchKey& key) {
        const bool outer = std::exchange(is_fuzzy_, true);
        auto inner = query(key.children.at(0));
        is_fuzzy_ = outer;
        return inner;
    }
    // RFC 3501 6.4.4: the strings are in the charset. What is not could only match by accident.
    std::string decoded(const std::string& octets) {
        constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
        auto utf8 = indexer::text::to_utf8(octets, charset_);
        if (charset_ == "UTF-8" ? utf8 != octets : utf8.contains(replacement))
            failed({Errc::invalid, "A string is not in the charset " + charset_});
        return utf8;
    }
    std::vector<QueryPtr> children(const SearchKey& key) {
        std::vector<QueryPtr> queries;
        for (const SearchKey& child : key.children) queries.push_back(query(child));
        return queries;
    }

    // The UIDs that a key names which only we know: as many as the mailbox has, perhaps, so equal
    // keys share them, and a command has few of them.
    template <class LookUp>
    QueryPtr looked_up(const SearchKey& key, LookUp&& look_up) {
        if (++looked_up_ > most_looked_up)
            return failed(
                {Errc::limit, fmt::format("Of $, OLDER, YOUNGER, MODSEQ, SAVED..., EMAILID "
                                          "and THREADID a search takes {} at most",
                                          most_looked_up)});
        const auto known = std::ranges::find(shared_, key, &Shared::first);
        if (known != shared_.end()) return known->second;
        return shared_.emplace_back(key, look_up()).second;
    }

    // The messages at the places for which `belongs` holds, by their UIDs.
    template <class Belongs>
    QueryPtr those(Belongs&& belongs) const {
        std::vector<Uid> uids;
        for (std::size_t place = 0; place < mailbox_.entries.size(); ++place) {
            if (belongs(place)) uids.push_back(mailbox_.entries[place].uid);
        }
        return make(query::UidKey{set_of(uids)});
    }
    // The messages of these UIDs, where there are any: "5:4" is none here.
    QueryPtr between(std::uint64_t first, std::uint64_t last) const {
        const auto& entries = mailbox_.entries;
        last = std::min<std::uint64_t>(last, entries.empty() ? 0 : number(entries.back().uid));
        if (first > last) return make(query::None{});
        return make(
            query::UidKey{{{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)}}});
    }
    QueryPtr saved() const {
        return make(query::UidKey{sources_.saved ? set_of(*sources_.saved) : wire::SequenceSet{}});
    }
    UtcSeconds instant_before(const SearchKey& key) const {
        return sources_.now - std::chrono::seconds(key.size);
    }
    // RFC 8514 4.2: disregarding time and zone; our clock's zone is UTC.
    QueryPtr archived(DateTest test, std::chrono::sys_days day) {
        const auto times = sources_.columns->archived_at(message_numbers(mailbox_));
        if (!times) return failed(times.error());
        return those([&](std::size_t place) {
            const auto saved = std::chrono::floor<std::chrono::days>((*times)[place]);
            return query::date_matches(test, saved, day);
        });
    }
    QueryPtr with_email_id(std::string_view id) {
        const auto digest = digest_of_email_id(id);
        if (!digest) return make(query::None{});
        const auto stored = sources_.archive->find(*digest);
        if (!stored && stored.error().code == Errc::not_found) return make(query::None{});
        if (!stored) return failed(stored.error());
        return those(
            [&](std::size_t place) { return mailbox_.entries[place].message == stored->number; });
    }
    QueryPtr with_thread_id(std::string_view id) {
        const auto links = sources_.columns->links(message_numbers(mailbox_));
        if (!links) return failed(links.error());
        return those([&](std::size_t place) {
            return has_thread_id(*(*links)[place], mailbox_.entries[place].message, id);
        });
    }
    bool has_thread_id(const Links& links, MessageNumber message, std::string_view id) {
        if (links.id || !links.references.empty()) return thread_id(links, {}) == id;
        const auto stored = sources_.archive->message(message);
        if (!stored) failed(stored.error());
        return stored && thread_id(links, stored->digest) == id;
    }
    QueryPtr human(const SearchKey& key) {
        auto parsed = query::parse_human(decoded(key.text));
        if (!parsed) return failed(parsed.error());
        if (parsed->mailbox)
            return failed({Errc::invalid, "query: in: has no place where a mailbox is selected"});
        return is_fuzzy_ ? query::fuzzy(parsed->query) : parsed->query;
    }
    QueryPtr failed(Error error) {
        problem_ = std::unexpected(std::move(error));
        return make(query::None{});
    }

    std::string charset_;
    const KeySources& sources_;
    const store::MailboxSnapshot& mailbox_;
    Status problem_;
    bool is_fuzzy_ = false;  // within FUZZY
    using Shared = std::pair<SearchKey, QueryPtr>;
    std::vector<Shared> shared_;  // what was looked up
    std::size_t looked_up_ = 0;   // so many times
};

bool any_key(const SearchKey& key, bool (*test)(const SearchKey&)) {
    return test(key) || std::ranges::any_of(key.children, [test](const SearchKey& child) {
               return any_key(child, test);
           });
}

}  // namespace

Result<QueryPtr> make_query(const wire::Search& search, const KeySources& sources) {
    // Clients that name no charset and send 8-bit octets mean UTF-8, which is the rule in RFC 9051.
    const bool plain = search.charset.empty() || search.charset == "US-ASCII";
    const std::string charset = plain ? "UTF-8" : search.charset;
    if (!indexer::text::charset_known(charset))
        return fail(Errc::unsupported, fmt::format("charset {}", charset));
    Translator translator(charset, sources);
    const auto made = translator.query(search.key);
    if (!translator.problem()) return std::unexpected(translator.problem().error());
    return query::simplify(made);
}

SearchKey fixed(SearchKey key, const KeySources& sources) {
    const bool numbers = key.kind == SearchKey::Kind::sequence;
    if (key.numbers == wire::saved_result) {
        key.numbers = sources.saved ? set_of(*sources.saved) : wire::SequenceSet{};
        key.kind = SearchKey::Kind::uid;
    } else if (numbers) {
        std::vector<Uid> uids;
        for (const auto place : places(key.numbers, wire::NumberKind::sequence, sources.mailbox))
            uids.push_back(sources.mailbox.entries[place].uid);
        key.numbers = set_of(uids);
        key.kind = SearchKey::Kind::uid;
    }
    for (SearchKey& child : key.children) child = fixed(std::move(child), sources);
    return key;
}

bool names_modseq(const SearchKey& key) {
    return any_key(key, [](const SearchKey& each) { return each.kind == SearchKey::Kind::modseq; });
}

bool names_numbers(const SearchKey& key) {
    return any_key(key, [](const SearchKey& each) {
        return each.kind == SearchKey::Kind::sequence || each.numbers == wire::saved_result;
    });
}

}  // namespace mailhold::imap::server
