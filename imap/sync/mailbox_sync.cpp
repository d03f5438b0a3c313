// MailboxSync: the course of a pass over one mailbox. fetching.cpp gets the messages.
#include "imap/sync/mailbox_sync.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "imap/sync/names.hpp"
#include "imap/sync/reconciliation.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr std::size_t facts_a_record = 10'000;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number value{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// The state of this generation, or an empty one; blocking.
struct Recalled {
    store::GenerationState state;
    bool current = false;  // it is the mailbox's last generation on record
};
Result<Recalled> recall_generation(const store::Archive& archive,
                                   const store::Generation& generation, std::size_t newest) {
    auto generations = archive.generations(generation.account, generation.mailbox);
    if (!generations) return std::unexpected(generations.error());
    Recalled recalled;
    recalled.state.generation = generation;
    if (std::ranges::find(*generations, generation) == generations->end()) return recalled;
    recalled.current = generations->back() == generation;
    auto state = archive.generation_state(generation, newest);
    if (!state) return std::unexpected(state.error());
    recalled.state = std::move(*state);
    return recalled;
}

}  // namespace

net::awaitable<Status> record(Workplace place, std::vector<store::Fact> facts) {
    for (std::size_t i = 0; i < facts.size(); i += facts_a_record) {
        const auto first = facts.begin() + static_cast<std::ptrdiff_t>(i);
        const auto last =
            first + static_cast<std::ptrdiff_t>(std::min(facts_a_record, facts.size() - i));
        std::vector<store::Fact> slice(std::make_move_iterator(first),
                                       std::make_move_iterator(last));
        auto work = [&archive = place.archive, slice = std::move(slice)]() mutable {
            return archive.ingest({}, std::move(slice));
        };
        auto stored = co_await net::offload(place.pool, std::move(work));
        if (!stored) co_return stored;
    }
    co_return Status{};
}

MailboxSync::MailboxSync(Workplace place, client::Connection& connection, Visit visit)
    : place_(place),
      connection_(connection),
      visit_(std::move(visit)),
      mailbox_(visit_.mailbox),
      begun_(std::exchange(visit_.begun, {})) {}

net::awaitable<Result<MailboxSync::Outcome>> MailboxSync::run() {
    const auto began = utc_now();
    auto status = co_await bring_level();
    if (report_ && !archive_failed_) {
        report_->began = began;
        auto reported = co_await complete_report();
        if (status) status = std::move(reported);
    }
    Outcome outcome;
    outcome.accounted = accounted_;
    outcome.changed_meanwhile = disturbed_ || exists_ != planned_for_;
    if (status) co_return outcome;
    if (archive_failed_ || !connection_.usable())
        co_return std::unexpected(std::move(status.error()));
    outcome.trouble =
        Error{status.error().code, fmt::format("{}: {}", mailbox_, status.error().text)};
    co_return outcome;
}

net::awaitable<Status> MailboxSync::bring_level() {
    auto status = co_await examine();
    if (status) status = co_await recall();
    if (status) status = co_await compare();
    if (!status) co_return status;

    plan_ = comparison_->plan(planned_for_ = exists_);
    if (visit_.depth == Depth::whole) {
        listed_ = comparison_->listed();
        report_ = found(generation_, listed_, plan_, utc_now());
    }
    std::erase_if(plan_.doubtful, [this](Uid uid) { return visit_.avoid.contains(uid); });
    std::erase_if(plan_.fetch, [this](Uid uid) {
        return std::ranges::binary_search(plan_.checked, uid) &&
               (visit_.checked.contains(uid) || visit_.avoid.contains(uid));
    });
    place_.progress.missing(mailbox_, plan_.fetch.size());
    status = co_await recognise();
    if (!status) co_return status;
    if (begun_ && !std::ranges::binary_search(plan_.fetch, begun_->uid)) begun_.reset();
    if (!plan_.fetch.empty() || !plan_.doubtful.empty()) {
        const auto executor = co_await boost::asio::this_coro::executor;
        Batch::OnStored on_stored = [this](std::uint64_t messages, std::uint64_t octets) {
            settled_ += messages;
            place_.progress.archived(mailbox_, messages, octets);
        };
        Batch batch(place_.runtime, executor, place_.pool, place_.archive, place_.account.reserve,
                    {generation_, plan_.fetch}, std::move(on_stored));
        status = co_await fetch(batch);
        if (status) status = co_await settle_unanswered(batch);
        // Whatever ended the fetching, what came is kept.
        auto stored = co_await batch.finish();
        if (!stored) {
            archive_failed_ = true;
            checked_.clear();
            co_return stored;
        }
        remember_identities();
    }
    co_return status ? co_await conclude() : status;
}

// What the archive knows by now, against what the origin listed.
net::awaitable<Status> MailboxSync::complete_report() {
    auto work = [&archive = place_.archive, generation = generation_] {
        return recall_generation(archive, generation, store::every_message);
    };
    const auto recalled = co_await net::offload(place_.pool, std::move(work));
    archive_failed_ = !recalled;
    if (!recalled) co_return std::unexpected(recalled.error());
    sync::conclude(*report_, listed_, plan_, recalled->state, utc_now());
    co_return Status{};
}

net::awaitable<Status> MailboxSync::examine() {
    connection_.mailbox_selected = true;
    wire::Select select;
    select.mailbox = mailbox_;
    select.spelling = spelling_of(mailbox_);
    select.examine = true;
    select.condstore = connection_.has("CONDSTORE");
    auto sink = [this](client::Untagged& untagged) { return saw(untagged); };
    auto status = co_await connection_.run(std::move(select), std::move(sink));
    if (!status) co_return status;
    shown_.messages = exists_;
    disturbed_ = false;
    // RFC 3501 2.3.1.1: a server without it cannot say which UIDs are still the same.
    if (!shown_.uidvalidity) co_return fail(Errc::protocol, "the server gives no UIDVALIDITY");
    generation_ = {place_.account.name, mailbox_, *shown_.uidvalidity};
    co_return Status{};
}

net::awaitable<Status> MailboxSync::recall() {
    const auto newest = visit_.depth == Depth::whole ? store::every_message : Comparison::named;
    auto work = [&archive = place_.archive, generation = generation_, newest] {
        return recall_generation(archive, generation, newest);
    };
    auto recalled = co_await net::offload(place_.pool, std::move(work));
    Status status;
    if (!recalled) {
        status = std::unexpected(recalled.error());
    } else if (!recalled->current) {
        std::vector<store::Fact> opened{store::GenerationOpened{generation_}};
        status = co_await record(place_, std::move(opened));
    }
    archive_failed_ = !status;
    if (!status) co_return status;
    if (visit_.depth == Depth::whole || !place_.ids.believed())
        unproved_ = place_.ids.trusted(generation_);
    await_unproved(recalled->state);
    quarantined_before_ = recalled->state.quarantined.size();
    place_.progress.quarantined(mailbox_, quarantined_before_);
    comparison_.emplace(std::move(recalled->state), shown_, visit_.depth);
    co_return Status{};
}

void MailboxSync::await_unproved(store::GenerationState& known) const {
    std::vector<Uid> awaited;
    std::ranges::set_union(known.awaited, unproved_, std::back_inserter(awaited));
    known.awaited = std::move(awaited);
}

net::awaitable<Status> MailboxSync::compare() {
    while (auto question = comparison_->next_question(exists_)) {
        auto status = question->listing == Question::Listing::archive ? co_await learn()
                                                                      : co_await ask(*question);
        if (!status) co_return status;
    }
    co_return Status{};
}

// Every message by name, which is seldom needed.
net::awaitable<Status> MailboxSync::learn() {
    auto work = [&archive = place_.archive, generation = generation_] {
        return archive.generation_state(generation);
    };
    auto known = co_await net::offload(place_.pool, std::move(work));
    archive_failed_ = !known;
    if (!known) co_return std::unexpected(known.error());
    await_unproved(*known);
    comparison_->learn(std::move(*known));
    co_return Status{};
}

wire::Fetch MailboxSync::details_command() const {
    using Kind = wire::FetchItem::Kind;
    wire::Fetch details;
    details.kind = wire::NumberKind::uid;
    for (const auto kind : {Kind::uid, Kind::flags, Kind::internal_date, Kind::rfc822_size})
        details.items.emplace_back().kind = kind;
    ask_also(details);
    return details;
}

net::awaitable<Status> MailboxSync::ask(Question question) {
    using Listing = Question::Listing;
    auto details = details_command();
    auto sink = [this](client::Untagged& untagged) { return saw(untagged); };
    const auto garbled_before = connection_.garbled();
    Status status;
    if (question.changed_since != ModSeq{}) {
        auto changed = details;
        changed.numbers = {{1, wire::star}};
        changed.changed_since = question.changed_since;
        changed.vanished = connection_.enabled("QRESYNC");
        status = co_await connection_.run(std::move(changed), sink);
    }
    if (status && question.listing == Listing::details) {
        details.numbers = {{number(question.from), number(question.to)}};
        status = co_await connection_.run(std::move(details), sink);
    }
    if (status && question.listing == Listing::uids) {
        std::vector<Uid> found;
        wire::SearchKey all;
        status = co_await search(std::move(all), found);
        for (const auto uid : found) comparison_->saw_uid(uid);
        if (status) status = bearable();
    }
    if (connection_.garbled() != garbled_before) comparison_->lost_an_answer();
    co_return status;
}

// UID SEARCH, in the compact form (RFC 4731) where the server knows it. `found` lives in the
// caller's frame.
net::awaitable<Status> MailboxSync::search(wire::SearchKey key, std::vector<Uid>& found) {
    wire::Search search;
    search.kind = wire::NumberKind::uid;
    search.extended = connection_.has("ESEARCH");
    if (search.extended) search.returns = {"ALL"};
    search.key = std::move(key);
    auto sink = [this, &found](client::Untagged& untagged) -> Status {
        if (const auto* data = std::get_if<wire::SearchData>(&untagged.response)) {
            for (const auto uid : data->numbers) found.push_back(Uid{uid});
        } else if (const auto* extended = std::get_if<wire::ESearchData>(&untagged.response)) {
            for (const auto& [first, last] : extended->all) {
                for (std::uint64_t uid = first;
                     uid <= last && found.size() <= Comparison::uid_limit; ++uid) {
                    found.push_back(Uid{static_cast<std::uint32_t>(uid)});
                }
            }
        }
        if (found.size() > Comparison::uid_limit)
            return fail(Errc::limit, "a SEARCH answer without end");
        return saw(untagged);
    };
    co_return co_await connection_.run(std::move(search), std::move(sink));
}

void MailboxSync::saw_code(const wire::StatusResponse& status) {
    if (!status.code) return;
    const auto& [name, arguments] = *status.code;
    if (name == "UIDVALIDITY") {
        if (const auto value = parse_number<std::uint32_t>(arguments))
            shown_.uidvalidity = UidValidity{*value};
    } else if (name == "UIDNEXT") {
        if (const auto value = parse_number<std::uint32_t>(arguments)) shown_.uidnext = Uid{*value};
    } else if (name == "HIGHESTMODSEQ") {
        if (const auto value = parse_number<std::uint64_t>(arguments))
            shown_.modseq = ModSeq{*value};
    } else if (name == "MAILBOXID" && arguments.size() > 2) {  // RFC 8474 4: in parentheses
        place_.ids.seen(mailbox_, arguments.substr(1, arguments.size() - 2));
    } else if (name == "ALERT" &&
               place_.alerts.is_news(status.text, std::chrono::steady_clock::now())) {
        log::warning("sync.alert",
                     {{"account", place_.account.name}, {"text", client::printable(status.text)}});
    }
}

Status MailboxSync::bearable() const {
    if (!comparison_ || !comparison_->over_limit(most_exist_)) return {};
    return fail(Errc::limit, "the server tells more than its mailbox can hold");
}

// What every untagged response tells, asked for or not (RFC 9051 5.2).
Status MailboxSync::saw(const client::Untagged& untagged) {
    if (const auto* status = std::get_if<wire::StatusResponse>(&untagged.response)) {
        if (!comparison_) saw_code(*status);
    } else if (const auto* exists = std::get_if<wire::ExistsData>(&untagged.response)) {
        exists_ = exists->messages;
        most_exist_ = std::max(most_exist_, exists_);
    } else if (std::holds_alternative<wire::ExpungeData>(untagged.response)) {
        exists_ -= exists_ > 0 ? 1 : 0;
        disturbed_ = true;
    } else if (const auto* vanished = std::get_if<wire::VanishedData>(&untagged.response)) {
        if (comparison_) comparison_->saw_vanished(vanished->uids);
        if (vanished->earlier) return bearable();
        // RFC 7162 3.2.10: instead of EXPUNGE, for messages that were there.
        for (const auto& [first, last] : vanished->uids)
            exists_ -= std::min(exists_, last - first + 1);
        disturbed_ = true;
    } else if (const auto* fetched = std::get_if<wire::FetchData>(&untagged.response);
               fetched && comparison_) {
        if (fetched->uid) {
            comparison_->saw_details(*fetched->uid, {fetched->size, fetched->internal_date});
            look_for_identity(*fetched);
            if (fetched->gmail) comparison_->saw_labels(*fetched->uid, *fetched->gmail);
            if (fetched->flags)
                comparison_->saw_flags(*fetched->uid, *fetched->flags,
                                       fetched->modseq.value_or(ModSeq{}));
        } else if (fetched->flags) {
            disturbed_ = true;  // a change of flags by sequence number: the next look will find it
        }
    }
    return bearable();
}

net::awaitable<Status> MailboxSync::conclude() {
    if (comparison_->wants_to_learn()) {
        auto learned = co_await learn();
        if (!learned) co_return learned;
    }
    for (auto& change : comparison_->changes()) {
        facts_.emplace_back(
            store::FlagsSeen{generation_, change.uid, std::move(change.flags), change.modseq});
    }
    for (auto& change : comparison_->label_changes()) {
        facts_.emplace_back(store::GmailSeen{generation_, change.uid, change.now.message_id,
                                             change.now.thread_id, std::move(change.now.labels)});
    }
    if (!plan_.vanished.empty()) facts_.emplace_back(store::Vanished{generation_, plan_.vanished});
    if (plan_.complete && !unsettled_) {
        facts_.emplace_back(store::GenerationSynced{generation_, comparison_->uidnext(),
                                                    shown_.modseq, planned_for_});
    } else {
        log::warning(
            "sync.count",
            {{"account", place_.account.name}, {"mailbox", mailbox_}, {"exists", exists_}});
    }
    auto recorded = co_await record(place_, std::exchange(facts_, {}));
    archive_failed_ = !recorded;
    accounted_ = recorded.has_value() && plan_.complete && !unsettled_;
    if (accounted_) {
        place_.progress.missing(mailbox_, 0);
        place_.ids.proved(generation_, unproved_);
    }
    co_return recorded;
}

}  // namespace mailhold::imap::sync
