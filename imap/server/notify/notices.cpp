#include "imap/server/notify/notices.hpp"

#include <utility>

namespace mailhold::imap::server {

Notices::Notices(std::size_t most, const std::string& user) : most_(most) {
    Watched nothing;
    nothing.user = user;
    watched_ = std::make_shared<const Watched>(std::move(nothing));
}

std::uint64_t Notices::lists() {
    const std::lock_guard lock(mutex_);
    return lists_;
}

void Notices::watch(std::shared_ptr<const Watched> watched, std::uint64_t lists) {
    const std::lock_guard lock(mutex_);
    watched_ = std::move(watched);
    watched_lists_ = lists;
}

void Notices::changed(const store::Change& change) {
    const std::lock_guard lock(mutex_);
    if (change.mailbox_list || watched_->subscribes_anew(change)) ++lists_;
    for (const auto& note : change.notes) {
        if (may_tell(note)) add(note, 1);
    }
}

bool Notices::may_tell(const store::NoteName& note) const {
    return lists_ == watched_lists_ ? watched_->concerns(note) : watched_->is_for_user(note);
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

std::optional<Notices::Taken> Notices::take() {
    const std::lock_guard lock(mutex_);
    if (overflowed_) return std::nullopt;
    return Taken{std::exchange(changed_, {}), lists_};
}

void Notices::put_back(const Counts& untold) {
    const std::lock_guard lock(mutex_);
    for (const auto& [note, times] : untold) add(note, times);
}

std::shared_ptr<Notices> NoticeBoard::join(std::size_t most, const std::string& user) {
    auto notices = std::make_shared<Notices>(most, user);
    const std::lock_guard lock(mutex_);
    std::erase_if(all_, [](const auto& known) { return known.expired(); });
    all_.push_back(notices);
    return notices;
}

void NoticeBoard::changed(const store::Change& change) {
    if (change.notes.empty() && change.subscribers.empty() && !change.mailbox_list) return;
    const std::lock_guard lock(mutex_);
    for (const auto& known : all_) {
        if (const auto notices = known.lock()) notices->changed(change);
    }
}

}  // namespace mailhold::imap::server
