#include "imap/server/notify/notices.hpp"

#include <utility>

namespace mailhold::imap::server {

void Notices::watch(std::shared_ptr<const Watched> watched) {
    const std::lock_guard lock(mutex_);
    watched_ = std::move(watched);
}

void Notices::add(const std::vector<store::NoteName>& changed) {
    const std::lock_guard lock(mutex_);
    for (const auto& note : changed) {
        if (watched_->concerns(note)) add(note, 1);
    }
}

void Notices::add(const store::NoteName& note, std::size_t times) {
    if (overflowed_) return;
    changed_[note] += times;
    if (changed_.size() <= most_) return;
    overflowed_ = true;
    changed_.clear();
}

void Notices::forget(const std::vector<store::NoteName>& own) {
    const std::lock_guard lock(mutex_);
    for (const auto& note : own) {
        const auto known = changed_.find(note);
        if (known != changed_.end() && --known->second == 0) changed_.erase(known);
    }
}

std::optional<Notices::Counts> Notices::take() {
    const std::lock_guard lock(mutex_);
    if (overflowed_) return std::nullopt;
    return std::exchange(changed_, {});
}

void Notices::put_back(const Counts& untold) {
    const std::lock_guard lock(mutex_);
    for (const auto& [note, times] : untold) add(note, times);
}

std::shared_ptr<Notices> NoticeBoard::join(std::size_t most,
                                           std::shared_ptr<const Watched> watched) {
    auto notices = std::make_shared<Notices>(most, std::move(watched));
    const std::lock_guard lock(mutex_);
    std::erase_if(all_, [](const auto& known) { return known.expired(); });
    all_.push_back(notices);
    return notices;
}

void NoticeBoard::changed(const store::Change& change) {
    if (change.notes.empty()) return;
    const std::lock_guard lock(mutex_);
    for (const auto& known : all_) {
        if (const auto notices = known.lock()) notices->add(change.notes);
    }
}

}  // namespace mailhold::imap::server
