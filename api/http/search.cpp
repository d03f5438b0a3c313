#include "api/http/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "api/config/check.hpp"
#include "indexer/mime/header.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/text/readable.hpp"

namespace mailhold::http {
namespace {

namespace query = indexer::query;

bool is_called(const store::Mailbox& mailbox, std::string_view name) {
    const auto wanted = config::lower_case(name);
    return config::lower_case(full_name(mailbox)) == wanted ||
           (mailbox.kind != store::MailboxKind::ever_seen &&
            config::lower_case(mailbox.name) == wanted);
}

using Age = std::pair<UtcSeconds, MessageNumber>;
Age age(const Hit& hit) {
    return {hit.date.utc, hit.message};
}

// Where a page ended, so that the next one begins behind it whatever came in meanwhile.
std::string cursor_of(const Hit& hit) {
    return fmt::format("{}.{}", hit.date.utc.time_since_epoch().count(), number(hit.message));
}
std::optional<Age> read_cursor(std::string_view text) {
    std::int64_t seconds = 0;
    std::uint32_t message = 0;
    const auto* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, seconds);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, message);
    if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
    return Age{UtcSeconds{std::chrono::seconds(seconds)}, MessageNumber{message}};
}

std::string field(const indexer::mime::ParsedMessage& message, std::string_view name) {
    const auto* found = indexer::mime::find_field(message.root.fields, name);
    return found ? found->value : "";
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

// application/x-www-form-urlencoded (WHATWG URL 5.1); a stray "%" stays one.
std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
        if (text[i] == '%' && high && low) {
            out += static_cast<char>(*high << 4 | *low);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace

Result<query::HumanQuery> read_query(std::string_view text) {
    if (text.find_first_not_of(" \t\n") == std::string_view::npos)
        return query::HumanQuery{query::make(query::All{}), std::nullopt};
    return query::parse_human(text);
}

std::string full_name(const store::Mailbox& mailbox) {
    if (mailbox.kind == store::MailboxKind::all_mail) return "All mail/" + mailbox.account;
    if (mailbox.kind == store::MailboxKind::ever_seen)
        return "Ever seen/" + mailbox.account + "/" + mailbox.name;
    return mailbox.account + "/" + mailbox.name;
}

Result<std::vector<Hit>> find(const store::ArchiveReader& archive,
                              const indexer::pipeline::Searcher& searcher,
                              const query::HumanQuery& query,
                              const indexer::pipeline::Budget& budget) {
    auto mailboxes = archive.mailboxes();
    if (!mailboxes) return std::unexpected(mailboxes.error());
    std::erase_if(*mailboxes, [&](const store::Mailbox& mailbox) {
        return query.mailbox ? !is_called(mailbox, *query.mailbox)
                             : mailbox.kind != store::MailboxKind::all_mail;
    });
    if (query.mailbox && mailboxes->empty())
        return fail(Errc::not_found, fmt::format("there is no mailbox \"{}\"", *query.mailbox));
    std::vector<Hit> hits;
    std::set<MessageNumber> seen;  // one message may stand in several mailboxes
    for (const auto& mailbox : *mailboxes) {
        const auto snapshot = archive.snapshot(mailbox.id);
        if (!snapshot) return std::unexpected(snapshot.error());
        const auto places = searcher.search(query.query, **snapshot, {}, budget);
        if (!places) return std::unexpected(places.error());
        for (const auto place : *places) {
            const auto& entry = (*snapshot)->entries[place];
            if (seen.insert(entry.message).second)
                hits.push_back({entry.message, entry.internal_date});
        }
    }
    std::ranges::sort(hits, std::greater(), age);
    return hits;
}

Result<FoundMessage> describe(const store::ArchiveReader& archive, const Hit& hit,
                              const std::vector<std::string>& needles) {
    const auto stored = archive.message(hit.message);
    if (!stored) return std::unexpected(stored.error());
    const auto octets = archive.octets(*stored);
    if (!octets) return std::unexpected(octets.error());
    const auto message = indexer::mime::parse(octets->view());
    const auto readable = indexer::text::readable_text(octets->view(), message);
    return FoundMessage{stored->number,
                        stored->digest,
                        stored->size,
                        hit.date,
                        field(message, "From"),
                        field(message, "Subject"),
                        query::snippet(readable, needles)};
}

Result<SearchRequest> read_request(std::string_view url_query) {
    SearchRequest request;
    while (!url_query.empty()) {
        const auto pair = url_query.substr(0, url_query.find('&'));
        url_query.remove_prefix(std::min(pair.size() + 1, url_query.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = decoded(pair.substr(0, equals));
        const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (name == "q") {
            request.query = value;
        } else if (name == "cursor") {
            request.cursor = value;
        } else if (name == "limit") {
            const auto* end = value.data() + value.size();
            const auto read = std::from_chars(value.data(), end, request.limit);
            if (read.ec != std::errc{} || read.ptr != end || request.limit == 0 ||
                request.limit > SearchRequest::most)
                return fail(Errc::invalid,
                            fmt::format("limit: a number from 1 to {}", SearchRequest::most));
        } else if (!pair.empty()) {
            return fail(Errc::invalid, "there are the parameters q, limit and cursor");
        }
    }
    return request;
}

Result<SearchPage> search(const store::ArchiveReader& archive,
                          const indexer::pipeline::Searcher& searcher, const SearchRequest& request,
                          const indexer::pipeline::Budget& budget) {
    const auto query = read_query(request.query);
    if (!query) return std::unexpected(query.error());
    const auto behind = read_cursor(request.cursor);
    if (!behind && !request.cursor.empty()) return fail(Errc::invalid, "cursor: not one of ours");
    const auto hits = find(archive, searcher, *query, budget);
    if (!hits) return std::unexpected(hits.error());
    SearchPage page;
    page.found = hits->size();
    const auto needles = query::needles_of(*query->query);
    auto hit = hits->begin();
    if (behind) hit = std::ranges::upper_bound(*hits, *behind, std::greater(), age);
    for (; hit != hits->end() && page.messages.size() < request.limit; ++hit) {
        auto message = describe(archive, *hit, needles);
        if (!message) return std::unexpected(message.error());
        page.messages.push_back(std::move(*message));
    }
    if (hit != hits->end()) page.next = cursor_of(*std::prev(hit));
    return page;
}

}  // namespace mailhold::http
