#include "api/http/page_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "api/config/check.hpp"
#include "indexer/mime/header.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/text/readable.hpp"
#include "store/base/log.hpp"

namespace mailhold::http {

namespace pipeline = indexer::pipeline;
namespace query = indexer::query;
using pipeline::Slice;
using pipeline::Step;

namespace {

constexpr char http_clients[] = "";  // no user has an empty name

using Clock = std::chrono::steady_clock;

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

}  // namespace

struct Finding::Parts {
    const store::ArchiveReader& archive;
    const pipeline::Searcher& searcher;
    const query::HumanQuery query;
    const pipeline::Budget budget;
    const std::stop_token stop;

    std::optional<std::vector<store::Mailbox>> mailboxes{};  // that are still to be searched
    pipeline::SnapshotPtr mailbox{};                         // that is searched now
    std::unique_ptr<pipeline::SearchRun> run{};
    std::vector<Hit> hits{};
    std::set<MessageNumber> seen{};  // one message may stand in several mailboxes

    Result<Step> step(const Slice& slice);
    Status list_mailboxes();
    Status next_mailbox();
    Status gather();
    std::optional<Error> problem{};
};

Finding::Finding(const store::ArchiveReader& archive, const pipeline::Searcher& searcher,
                 query::HumanQuery query, pipeline::Budget budget, std::stop_token stop)
    : parts_(new Parts{archive, searcher, std::move(query), budget, std::move(stop)}) {}
Finding::~Finding() = default;

Step Finding::step(const Slice& slice) {
    const auto step = parts_->step(slice);
    if (step) return *step;
    parts_->problem = step.error();
    return Step::done;
}

Result<std::vector<Hit>> Finding::take() {
    if (parts_->problem) return std::unexpected(*parts_->problem);
    std::ranges::sort(parts_->hits, std::greater(), age);
    return std::move(parts_->hits);
}

Result<Step> Finding::Parts::step(const Slice& slice) {
    if (!mailboxes) {
        if (auto listed = list_mailboxes(); !listed) return std::unexpected(listed.error());
    }
    while (run || !mailboxes->empty()) {
        if (!run) {
            if (auto next = next_mailbox(); !next) return std::unexpected(next.error());
        }
        if (const auto step = run->step(slice); step != Step::done) return step;
        if (auto gathered = gather(); !gathered) return std::unexpected(gathered.error());
        if (slice.is_over(Clock::now())) return Step::again;
    }
    return Step::done;
}

Status Finding::Parts::list_mailboxes() {
    auto all = archive.mailboxes();
    if (!all) return std::unexpected(all.error());
    std::erase_if(*all, [&](const store::Mailbox& one) {
        if (one.kind == store::MailboxKind::search) return true;
        return query.mailbox ? !is_called(one, *query.mailbox)
                             : one.kind != store::MailboxKind::all_mail;
    });
    if (query.mailbox && all->empty())
        return fail(Errc::not_found, fmt::format("there is no mailbox \"{}\"", *query.mailbox));
    mailboxes = std::move(*all);
    return {};
}

Status Finding::Parts::next_mailbox() {
    auto snapshot = archive.snapshot(mailboxes->back().id);
    if (!snapshot) return std::unexpected(snapshot.error());
    mailboxes->pop_back();
    mailbox = std::move(*snapshot);
    run = searcher.begin(query.query, mailbox, stop, budget);
    return {};
}

Status Finding::Parts::gather() {
    const auto places = std::exchange(run, nullptr)->take();
    if (!places) return std::unexpected(places.error());
    for (const auto place : *places) {
        const auto& entry = mailbox->entries[place];
        if (seen.insert(entry.message).second) hits.push_back({entry.message, entry.internal_date});
    }
    return {};
}

struct PageSearch::Parts {
    const store::ArchiveReader& archive;
    const pipeline::Searcher& searcher;
    const SearchRequest request;
    const pipeline::Budget budget;
    const std::stop_token stop;

    std::unique_ptr<Finding> finding{};
    std::vector<std::string> needles{};
    std::vector<Hit> hits{};  // once they are found
    std::size_t next = 0;     // of them, to be shown
    bool found = false;
    SearchPage page{};

    Result<Step> step(const Slice& slice);
    Status begin();
    std::optional<Error> problem{};
};

PageSearch::PageSearch(const store::ArchiveReader& archive, const pipeline::Searcher& searcher,
                       SearchRequest request, pipeline::Budget budget, std::stop_token stop)
    : parts_(new Parts{archive, searcher, std::move(request), budget, std::move(stop)}) {}
PageSearch::~PageSearch() = default;
PageSearch::PageSearch(PageSearch&&) noexcept = default;

Step PageSearch::step(const Slice& slice) {
    const auto step = parts_->step(slice);
    if (step) return *step;
    parts_->problem = step.error();
    return Step::done;
}

Result<SearchPage> PageSearch::take() {
    if (parts_->problem) return std::unexpected(*parts_->problem);
    return std::move(parts_->page);
}

Status PageSearch::Parts::begin() {
    auto query = read_query(request.query);
    if (!query) return std::unexpected(query.error());
    if (!request.cursor.empty() && !read_cursor(request.cursor))
        return fail(Errc::invalid, "cursor: not one of ours");
    needles = query::needles_of(*query->query);
    finding = std::make_unique<Finding>(archive, searcher, std::move(*query), budget, stop);
    return {};
}

Result<Step> PageSearch::Parts::step(const Slice& slice) {
    if (!finding) {
        if (auto begun = begin(); !begun) return std::unexpected(begun.error());
    }
    if (!found) {
        if (const auto step = finding->step(slice); step != Step::done) return step;
        auto taken = finding->take();
        if (!taken) return std::unexpected(taken.error());
        hits = std::move(*taken);
        found = true;
        page.found = hits.size();
        if (const auto behind = read_cursor(request.cursor)) {
            const auto first = std::ranges::upper_bound(hits, *behind, std::greater(), age);
            next = static_cast<std::size_t>(first - hits.begin());
        }
    }
    while (next < hits.size() && page.messages.size() < request.limit) {
        if (stop.stop_requested()) return fail(Errc::cancelled, "search cancelled");
        auto message = describe(archive, hits[next++], needles);
        if (!message) return std::unexpected(message.error());
        page.messages.push_back(std::move(*message));
        if (slice.is_over(Clock::now())) return Step::again;
    }
    if (next < hits.size()) page.next = cursor_of(hits[next - 1]);
    return Step::done;
}

void start(pipeline::SearchPool& pool, PageSearch search,
           std::function<void(Result<SearchPage>)> done) {
    auto work = [search = std::move(search), done](const Slice& slice) mutable {
        Result<SearchPage> page;
        try {
            const auto step = search.step(slice);
            if (step != Step::done) return step;
            page = search.take();
        } catch (const std::exception& problem) {
            log::error("search.exception", {{"what", problem.what()}});
            page = fail(Errc::io, "search failed");
        }
        done(std::move(page));
        return Step::done;
    };
    if (!pool.start(http_clients, std::move(work)))
        done(fail(Errc::limit, "too many searches wait already"));
}

}  // namespace mailhold::http
