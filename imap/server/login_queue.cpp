#include "imap/server/login_queue.hpp"

#include <algorithm>
#include <utility>

namespace mailhold::imap::server {

bool LoginQueue::has_room(const std::string& network) const {
    const std::lock_guard lock(mutex_);
    return turns_.size() < most && turns_.waiting(network) < most_of_one;
}

void LoginQueue::Place::post(std::move_only_function<void()> check) {
    {
        const std::lock_guard lock(queue_.mutex_);
        queue_.turns_.add(network_, std::move(check));
    }
    queue_.pool_.post([&queue = queue_] { queue.run(); });
}

// As long as somebody is next: a call that comes too early for its own check, because another one
// of its network is in work, leaves it to the one who ends that.
void LoginQueue::run() {
    std::unique_lock lock(mutex_);
    while (auto taken = turns_.take()) {
        lock.unlock();
        taken->item();
        taken->item = {};
        lock.lock();
        turns_.give_back(taken->owner);
    }
}

int Failures::note(const std::string& network, const std::string& user, Clock::time_point now) {
    if (now - begun_ >= period || newer_.size() >= most) {
        older_ = std::exchange(newer_, {});
        if (now - begun_ >= 2 * period) older_.clear();
        begun_ = now;
    }
    const auto times = std::max(count("network " + network), count("user " + user));
    return 1 << std::min<std::uint32_t>(times - 1, most_doublings);
}

std::uint32_t Failures::count(const std::string& key) {
    const auto before = older_.find(key);
    return ++newer_[key] + (before == older_.end() ? 0 : before->second);
}

std::string loggable(std::string_view name) {
    constexpr std::size_t longest = 64;
    std::string text(name.substr(0, longest));
    std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return name.size() > longest ? text + "..." : text;
}

}  // namespace mailhold::imap::server
