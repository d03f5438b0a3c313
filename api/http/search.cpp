#include "api/http/search.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "api/http/page_search.hpp"

namespace mailhold::http {
namespace {

namespace query = indexer::query;

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
    if (mailbox.kind == store::MailboxKind::workspace)
        return "Workspaces/" + mailbox.owner + "/" + mailbox.name;
    if (mailbox.kind == store::MailboxKind::all_mail)
        return "All mail/" +
               (mailbox.owner.empty() ? mailbox.account : "Workspaces/" + mailbox.owner);
    if (mailbox.kind == store::MailboxKind::ever_seen)
        return "Ever seen/" + mailbox.account + "/" + mailbox.name;
    return mailbox.account + "/" + mailbox.name;
}

namespace {

// All steps at once, on this thread.
template <class Steps>
auto finished(Steps steps) {
    while (steps.step({}) != indexer::pipeline::Step::done) continue;
    return steps.take();
}

}  // namespace

Result<std::vector<Hit>> find(const store::ArchiveReader& archive,
                              const indexer::pipeline::Searcher& searcher,
                              const query::HumanQuery& query,
                              const indexer::pipeline::Budget& budget) {
    return finished(Finding(archive, searcher, query, budget));
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
    return finished(PageSearch(archive, searcher, request, budget));
}

}  // namespace mailhold::http
