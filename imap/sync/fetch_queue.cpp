// FetchQueue: chunks and large ones, then what did not come with them alone, then that with the plainest question.
#include "imap/sync/fetch_queue.hpp"

#include <algorithm>
#include <utility>

namespace mailhold::imap::sync {

FetchQueue::FetchQueue(const std::vector<Uid>& wanted, const std::vector<Uid>& doubtful, Pace pace,
                       const std::set<Uid>& large) {
    // Whatever ended the connection was in flight, so it is among the first.
    const std::size_t suspects = pace == Pace::careful ? chunk_size * in_flight_limit : 0;
    for (std::size_t i = 0; i < wanted.size();) {
        if (large.contains(wanted[i])) {
            push({wanted[i++]}, Form::slices);
            continue;
        }
        const auto first = wanted.begin() + static_cast<std::ptrdiff_t>(i);
        auto size = i < suspects ? 1 : std::min(chunk_size, wanted.size() - i);
        if (!large.empty()) {
            const auto end = std::find_if(first, first + static_cast<std::ptrdiff_t>(size),
                                          [&](Uid uid) { return large.contains(uid); });
            size = static_cast<std::size_t>(end - first);
        }
        push({first, first + static_cast<std::ptrdiff_t>(size)},
             i < suspects ? Form::alone : Form::chunk);
        i += size;
    }
    for (const auto uid : doubtful) push({uid}, Form::alone);
}

void FetchQueue::push(std::vector<Uid> uids, Form form) {
    asks_.push_back({next_id_++, std::move(uids), form});
}

std::optional<FetchQueue::Ask> FetchQueue::next_ask() {
    if (asks_.empty()) return std::nullopt;
    const bool chunks = asks_.front().form == Form::chunk &&
                        (in_flight_.empty() || in_flight_.begin()->second.form == Form::chunk);
    if (in_flight_.size() >= (chunks ? in_flight_limit : 1)) return std::nullopt;
    Ask ask = std::move(asks_.front());
    asks_.pop_front();
    waiting_.insert(ask.uids.begin(), ask.uids.end());
    in_flight_.emplace(ask.id, ask);
    return ask;
}

void FetchQueue::completed(std::uint32_t id, const std::string& refusal) {
    const auto found = in_flight_.find(id);
    if (found == in_flight_.end()) return;
    const Ask ask = std::move(found->second);
    in_flight_.erase(found);
    for (const auto uid : ask.uids) {
        if (waiting_.erase(uid) == 0) continue;
        if (ask.form != Form::plain) {
            push({uid}, ask.form == Form::alone ? Form::plain : Form::alone);
        } else if (refusal.empty()) {
            unanswered_.push_back(uid);
        } else {
            refused_.emplace(uid, refusal);
        }
    }
}

std::optional<Uid> FetchQueue::suspect() const {
    if (in_flight_.size() != 1 || in_flight_.begin()->second.form == Form::chunk) {
        return std::nullopt;
    }
    return in_flight_.begin()->second.uids.front();
}

}  // namespace mailhold::imap::sync
