// FetchQueue: chunks first, then the doubtful ones alone.
#include "imap/sync/fetch_queue.hpp"

#include <algorithm>
#include <utility>

namespace mailhold::imap::sync {

FetchQueue::FetchQueue(const std::vector<Uid>& wanted, const std::vector<Uid>& doubtful, Pace pace)
    : in_flight_most_(pace == Pace::careful ? 1 : in_flight_limit) {
    const std::size_t chunk = pace == Pace::careful ? 1 : chunk_size;
    for (std::size_t i = 0; i < wanted.size(); i += chunk) {
        const auto first = wanted.begin() + static_cast<std::ptrdiff_t>(i);
        const auto last = first + static_cast<std::ptrdiff_t>(std::min(chunk, wanted.size() - i));
        asks_.push_back({next_id_++, {first, last}, pace == Pace::careful});
    }
    for (const auto uid : doubtful) asks_.push_back({next_id_++, {uid}, true});
}

std::optional<FetchQueue::Ask> FetchQueue::next_ask() {
    if (asks_.empty() || in_flight_.size() >= in_flight_most_) return std::nullopt;
    Ask ask = std::move(asks_.front());
    asks_.pop_front();
    waiting_.insert(ask.uids.begin(), ask.uids.end());
    in_flight_.emplace(ask.id, ask);
    return ask;
}

bool FetchQueue::arrived(Uid uid) {
    return waiting_.erase(uid) > 0;
}

void FetchQueue::completed(std::uint32_t id, const std::string& refusal) {
    const auto found = in_flight_.find(id);
    if (found == in_flight_.end()) return;
    const Ask ask = std::move(found->second);
    in_flight_.erase(found);
    for (const auto uid : ask.uids) {
        if (waiting_.erase(uid) == 0) continue;
        if (!ask.plain) {
            asks_.push_back({next_id_++, {uid}, true});
        } else if (refusal.empty()) {
            unanswered_.push_back(uid);
        } else {
            refused_.emplace(uid, refusal);
        }
    }
}

std::optional<Uid> FetchQueue::suspect() const {
    if (in_flight_.size() != 1 || in_flight_.begin()->second.uids.size() != 1) return std::nullopt;
    return in_flight_.begin()->second.uids.front();
}

}  // namespace mailhold::imap::sync
