// MailboxSync's fetching: several UID FETCH commands in flight, octets into batches, the stubborn
// ones alone, and what cannot be had into quarantine.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "imap/sync/mailbox_sync.hpp"
#include "imap/wire/encode.hpp"
#include "indexer/mime/message_date.hpp"
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

// Some servers count a line's end as one octet.
bool counts_lines_as_lf(std::string_view octets, std::uint64_t said) {
    std::uint64_t lines = 0;
    for (auto at = octets.find("\r\n"); at != octets.npos; at = octets.find("\r\n", at + 2))
        ++lines;
    return said + lines == octets.size();
}

// So many sizes in a row that were wrong again: the server does not know them better.
constexpr unsigned wrong_sizes_believed = 20;
constexpr std::size_t held_most = 32;  // messages; others are asked for once more than these

}  // namespace

std::optional<Blob> octets_of(wire::FetchData& fetched, std::vector<Blob>& streamed,
                              std::optional<std::uint64_t> origin) {
    std::size_t next_streamed = 0;
    for (auto& section : fetched.sections) {
        const bool wanted = section.section.empty() && section.origin == origin;
        if (section.streamed) {
            const auto index = next_streamed++;
            if (wanted && index < streamed.size()) return std::move(streamed[index]);
        } else if (wanted && section.octets) {
            return Blob(std::move(*section.octets));
        }
    }
    return std::nullopt;
}

net::awaitable<Status> MailboxSync::fetch(Batch& batch) {
    std::set<Uid> large;
    for (const auto uid : plan_.fetch) {
        const auto size = comparison_->details_of(uid).size.value_or(0);
        if (size >= FetchQueue::large_from && size <= 0xffffffff) large.insert(uid);
    }
    queue_.emplace(plan_.fetch, plan_.doubtful, visit_.pace, large);
    std::map<client::CommandId, std::uint32_t> asks;
    Status trouble;
    while (!queue_->finished()) {
        while (auto ask = queue_->next_ask()) {
            if (ask->form != FetchQueue::Form::slices) {
                auto command = fetch_command(*ask);
                if (ask->form != FetchQueue::Form::plain) ask_also(command);
                asks.emplace(connection_.submit(std::move(command)), ask->id);
                continue;
            }
            auto fetched = co_await fetch_slices(ask->uids.front(), batch);
            if (!fetched && (archive_failed_ || !connection_.usable()))
                co_return co_await line_ended(fetched.error());
            if (!fetched) trouble = fetched;
            queue_->completed(ask->id, fetched ? std::string() : fetched.error().text);
            if (!trouble) queue_->abandon();
        }
        if (queue_->finished()) break;
        auto event = co_await connection_.next();
        if (!event) co_return co_await line_ended(event.error());
        if (auto* untagged = std::get_if<client::Untagged>(&*event)) {
            auto taken = co_await take(*untagged, batch);
            if (!taken) co_return taken;
        } else if (const auto* completed = std::get_if<client::ClientCore::Completed>(&*event)) {
            const auto ask = asks.find(completed->command);
            if (ask == asks.end()) continue;
            const auto verdict = client::verdict(completed->status, "UID FETCH");
            // The server's own trouble says nothing of these messages: what is in flight may come,
            // the rest waits.
            if (!verdict && client::passes(verdict.error().code)) {
                trouble = verdict;
            }
            queue_->completed(ask->second, verdict ? std::string() : verdict.error().text);
            if (!trouble) queue_->abandon();  // also what completed() wants asked again
        }
    }
    co_return trouble;
}

// What was asked for alone, and brought nothing, is left aside, so that the next connection gets past it.
net::awaitable<Status> MailboxSync::line_ended(Error error) {
    if (client::of_the_line(error.code) && !sliced_) suspect_ = queue_->suspect();
    if (suspect_) {
        quarantine(*suspect_,
                   fmt::format("the connection ended while it was fetched: {}", error.text));
        auto recorded = co_await record(place_, std::exchange(facts_, {}));
        if (!recorded) co_return recorded;
        if (!std::ranges::binary_search(plan_.doubtful, *suspect_)) ++settled_;
    }
    co_return std::unexpected(std::move(error));
}

net::awaitable<Status> MailboxSync::take(client::Untagged& untagged, Batch& batch) {
    auto* fetched = std::get_if<wire::FetchData>(&untagged.response);
    if (fetched == nullptr || !fetched->uid || !queue_->waits_for(*fetched->uid))
        co_return saw(untagged);
    const auto uid = *fetched->uid;
    auto octets = octets_of(*fetched, untagged.streamed, std::nullopt);
    // Flags only, or NIL: asked for again when its command has ended. So is what came empty and,
    // by its size, is not.
    if (!octets) co_return Status{};
    if (octets->size() == 0 && (fetched->size.value_or(0) > 0 || empty_.contains(uid))) {
        empty_.insert(uid);
        co_return Status{};
    }
    auto one = coming(std::move(*fetched), std::move(*octets));
    if (is_doubtful(one.arrival)) {
        if (held_.size() < held_most) held_.emplace(uid, std::move(one));
        co_return Status{};
    }
    queue_->arrived(uid);
    co_return co_await keep(std::move(one), batch);
}

Coming MailboxSync::coming(wire::FetchData fetched, Blob octets) {
    const auto uid = *fetched.uid;
    const auto details = comparison_->details_of(uid);
    const auto date = fetched.internal_date ? fetched.internal_date : details.date;
    const auto header = date ? std::nullopt : indexer::mime::date_from_header(octets.view());
    Coming one{{}, email_id_of(fetched), gmail_of(fetched)};
    auto& sighting = one.arrival.sighting;
    sighting.generation = generation_;
    sighting.uid = uid;
    sighting.date_from = date     ? store::DateFrom::origin
                         : header ? store::DateFrom::header
                                  : store::DateFrom::archive;
    const ZonedSeconds now{std::chrono::floor<std::chrono::seconds>(utc_now()), 0};
    sighting.internal_date = date.value_or(header.value_or(now));
    sighting.flags = normal_flags(fetched.flags.value_or(std::vector<std::string>{}));
    sighting.modseq = fetched.modseq.value_or(ModSeq{});
    sighting.saved = fetched.saved;
    if (fetched.size && *fetched.size != octets.size()) sighting.said_size = fetched.size;
    one.arrival.octets = std::move(octets);
    // For a UID that was known, what a listing said of its flags is older than this.
    if (fetched.flags) comparison_->saw_flags(uid, *fetched.flags, sighting.modseq);
    return one;
}

// A message that is not as long as the origin said is asked for once more, alone. Of two answers
// the one of that length is taken, else the longer one.
bool MailboxSync::is_doubtful(store::Arrival& arrival) {
    const auto before = held_.find(arrival.sighting.uid);
    if (before == held_.end()) {
        const auto said = arrival.sighting.said_size;
        return said && wrong_sizes_ < wrong_sizes_believed &&
               !counts_lines_as_lf(arrival.octets.view(), *said);
    }
    auto first = std::move(before->second.arrival);
    held_.erase(before);
    auto& said = arrival.sighting.said_size;
    const auto wanted = said.value_or(first.sighting.said_size.value_or(0));
    const bool same = first.octets.view() == arrival.octets.view();
    wrong_sizes_ = same ? wrong_sizes_ + 1 : 0;
    if (arrival.octets.size() != wanted && first.octets.size() > arrival.octets.size())
        arrival.octets = std::move(first.octets);
    if (arrival.octets.size() == wanted)
        said.reset();
    else
        said = wanted;
    return false;
}

net::awaitable<Status> MailboxSync::keep(Coming coming, Batch& batch) {
    auto& arrival = coming.arrival;
    const auto uid = arrival.sighting.uid;
    if (arrival.sighting.said_size) {
        log::warning("sync.size", {{"mailbox", mailbox_},
                                   {"uid", number(uid)},
                                   {"said", *arrival.sighting.said_size},
                                   {"sent", arrival.octets.size()}});
    }
    if (!arrival.sighting.said_size) co_await identify(arrival, std::move(coming.email_id));
    if (std::ranges::binary_search(plan_.checked, uid)) checked_.insert(uid);
    std::vector<store::Fact> told;
    if (coming.gmail) told.emplace_back(std::move(*coming.gmail));
    auto added = co_await batch.add(std::move(arrival), std::move(told), queue_->settled());
    archive_failed_ = archive_failed_ || !added;
    co_return added;
}

// A message of which nothing is archived under this UID. What stood there before, if it has become
// another, does so no longer; what is only in doubt stays as it is known.
void MailboxSync::quarantine(Uid uid, std::string reason) {
    withheld_.insert(uid);
    if (std::ranges::binary_search(plan_.checked, uid)) return;
    log::warning("sync.quarantined",
                 {{"mailbox", mailbox_}, {"uid", number(uid)}, {"reason", reason}});
    if (std::ranges::binary_search(plan_.replaced, uid))
        facts_.emplace_back(store::Vanished{generation_, {uid}});
    facts_.emplace_back(store::Quarantined{generation_, uid, std::move(reason)});
}

// What was asked for and did not come: expunged meanwhile, or listed and withheld.
net::awaitable<Status> MailboxSync::settle_unanswered(Batch& batch) {
    auto withheld = queue_->refused();
    auto unanswered = queue_->unanswered();
    std::ranges::sort(unanswered);
    // What came once, of another length than it should have, and not again.
    for (auto& [uid, one] : std::exchange(held_, {})) {
        withheld.erase(uid);
        std::erase(unanswered, uid);
        one.email_id.clear();
        auto kept = co_await keep(std::move(one), batch);
        if (!kept) co_return kept;
    }
    if (!unanswered.empty()) {
        wire::SearchKey key;
        key.kind = wire::SearchKey::Kind::uid;
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
            if (std::ranges::binary_search(plan_.doubtful, uid)) gone.push_back(uid);
        }
        if (!gone.empty()) facts_.emplace_back(store::Vanished{generation_, std::move(gone)});
    }
    const auto left_out =
        quarantined_before_ - std::min<std::uint64_t>(quarantined_before_, plan_.doubtful.size());
    for (const auto& [uid, reason] : withheld) quarantine(uid, reason);
    std::erase_if(withheld, [this](const auto& one) {
        return std::ranges::binary_search(plan_.checked, one.first);
    });
    place_.progress.quarantined(mailbox_, left_out + withheld.size());
    co_return Status{};
}

}  // namespace mailhold::imap::sync
