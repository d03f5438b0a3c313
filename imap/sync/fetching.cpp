// MailboxSync's fetching: several UID FETCH commands in flight, octets into batches, the stubborn
// ones alone, and what cannot be had into quarantine.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "imap/sync/mailbox_sync.hpp"
#include "imap/wire/encode.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

using Kind = wire::FetchItem::Kind;

wire::SequenceSet set_of(const std::vector<Uid>& uids) {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(uids.size());
    for (const auto uid : uids) numbers.push_back(number(uid));
    return wire::set_of(numbers);
}

wire::Fetch fetch_command(const FetchQueue::Ask& ask) {
    wire::Fetch fetch;
    fetch.kind = wire::NumberKind::uid;
    fetch.numbers = set_of(ask.uids);
    std::vector<Kind> kinds{Kind::uid, Kind::flags, Kind::section};
    if (ask.form != FetchQueue::Form::plain)
        kinds = {Kind::uid, Kind::flags, Kind::internal_date, Kind::rfc822_size, Kind::section};
    for (const auto kind : kinds) {
        auto& item = fetch.items.emplace_back();
        item.kind = kind;
        item.peek = kind == Kind::section;  // BODY.PEEK[]: \Seen stays as it is
    }
    return fetch;
}

// The octets of BODY[], wherever they came; nullopt for NIL or none.
std::optional<Blob> octets_of(wire::FetchData& fetched, std::vector<Blob>& streamed) {
    std::size_t next_streamed = 0;
    for (auto& section : fetched.sections) {
        const bool whole = section.section.empty() && !section.origin;
        if (section.streamed) {
            const auto index = next_streamed++;
            if (whole && index < streamed.size()) return std::move(streamed[index]);
        } else if (whole && section.octets) {
            return Blob(std::move(*section.octets));
        }
    }
    return std::nullopt;
}

}  // namespace

net::awaitable<Status> MailboxSync::fetch(const Plan& plan, Batch& batch) {
    queue_.emplace(plan.fetch, plan.doubtful, visit_.pace);
    std::map<client::CommandId, std::uint32_t> asks;
    Status trouble;
    while (!queue_->finished()) {
        while (auto ask = queue_->next_ask())
            asks.emplace(connection_.submit(fetch_command(*ask)), ask->id);
        auto event = co_await connection_.next();
        if (!event) {
            if (client::of_the_line(event.error().code)) suspect_ = queue_->suspect();
            if (suspect_) {
                // Left aside, so that the next connection gets past it.
                const auto reason = fmt::format("the connection ended while it was fetched: {}",
                                                event.error().text);
                std::vector<store::Fact> facts{store::Quarantined{generation_, *suspect_, reason}};
                auto recorded = co_await record(place_, std::move(facts));
                if (!recorded) co_return recorded;
                if (!std::ranges::binary_search(plan.doubtful, *suspect_)) ++settled_;
            }
            co_return std::unexpected(event.error());
        }
        if (auto* untagged = std::get_if<client::Untagged>(&*event)) {
            auto taken = co_await take(*untagged, batch);
            if (!taken) co_return taken;
        } else if (const auto* completed = std::get_if<client::ClientCore::Completed>(&*event)) {
            const auto ask = asks.find(completed->command);
            if (ask == asks.end()) continue;
            const auto verdict = client::verdict(completed->status, "UID FETCH");
            // The server's own trouble says nothing of these messages: what is in flight may come,
            // the rest waits.
            if (!verdict && verdict.error().code == Errc::network) {
                trouble = verdict;
            }
            queue_->completed(ask->second, verdict ? std::string() : verdict.error().text);
            if (!trouble) queue_->abandon();  // also what completed() wants asked again
        }
    }
    co_return trouble;
}

net::awaitable<Status> MailboxSync::take(client::Untagged& untagged, Batch& batch) {
    auto* fetched = std::get_if<wire::FetchData>(&untagged.response);
    if (fetched == nullptr || !fetched->uid || !queue_->waits_for(*fetched->uid))
        co_return saw(untagged);
    auto octets = octets_of(*fetched, untagged.streamed);
    if (!octets)
        co_return Status{};  // flags only, or NIL: asked for again when its command has ended
    queue_->arrived(*fetched->uid);
    if (fetched->size && *fetched->size != octets->size()) {
        log::info("sync.size", {{"mailbox", mailbox_},
                                {"uid", number(*fetched->uid)},
                                {"said", *fetched->size},
                                {"sent", octets->size()}});
    }
    store::Arrival arrival;
    arrival.sighting.generation = generation_;
    arrival.sighting.uid = *fetched->uid;
    arrival.sighting.internal_date = fetched->internal_date.value_or(ZonedSeconds{});
    arrival.sighting.flags = normal_flags(fetched->flags.value_or(std::vector<std::string>{}));
    arrival.sighting.modseq = fetched->modseq.value_or(ModSeq{});
    arrival.octets = std::move(*octets);
    auto added = co_await batch.add(std::move(arrival), queue_->settled());
    archive_failed_ = archive_failed_ || !added;
    co_return added;
}

// What was asked for and did not come: expunged meanwhile, or listed and withheld.
net::awaitable<Status> MailboxSync::settle_unanswered(const Plan& plan) {
    if (!queue_) co_return Status{};
    auto withheld = queue_->refused();
    if (!queue_->unanswered().empty()) {
        wire::SearchKey key;
        key.kind = wire::SearchKey::Kind::uid;
        auto unanswered = queue_->unanswered();
        std::ranges::sort(unanswered);
        key.numbers = set_of(unanswered);
        std::vector<Uid> there;
        auto status = co_await search(std::move(key), there);
        if (!status) co_return status;
        for (const auto uid : there) {
            if (std::ranges::binary_search(unanswered, uid))
                withheld[uid] = "the origin lists it, but does not send it";
        }
        // Gone meanwhile, it seems: the next round's list has to confirm it.
        std::vector<Uid> gone;
        for (const auto uid : unanswered) {
            if (withheld.contains(uid)) continue;
            unsettled_ = disturbed_ = true;
            if (std::ranges::binary_search(plan.doubtful, uid)) gone.push_back(uid);
        }
        if (!gone.empty()) facts_.emplace_back(store::Vanished{generation_, std::move(gone)});
    }
    std::uint64_t left_out =
        quarantined_before_ - std::min<std::uint64_t>(quarantined_before_, plan.doubtful.size());
    for (const auto& [uid, reason] : withheld) {
        log::warning("sync.quarantined",
                     {{"mailbox", mailbox_}, {"uid", number(uid)}, {"reason", reason}});
        facts_.emplace_back(store::Quarantined{generation_, uid, reason});
        ++left_out;
    }
    place_.progress.quarantined(mailbox_, left_out);
    co_return Status{};
}

}  // namespace mailhold::imap::sync
