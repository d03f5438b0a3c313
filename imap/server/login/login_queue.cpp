#include "imap/server/login/login_queue.hpp"

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

namespace {

std::string of_network(const std::string& network) {
    return "network " + network;
}
// Names are as long as who guesses likes; those of users are shorter.
constexpr std::size_t longest_name = 200;
std::string of_user(const std::string& user) {
    return "user " + user.substr(0, longest_name);
}
std::string of_both(std::string_view what, const std::string& network, const std::string& user) {
    return std::string(what) + " " + network + " " + user.substr(0, longest_name);
}

int doubled(std::uint32_t times) {
    return times == 0 ? 0 : 1 << std::min<std::uint32_t>(times - 1, Failures::most_doublings);
}

std::uint32_t beyond(std::uint32_t times, std::uint32_t free) {
    return times > free ? times - free : 0;
}

}  // namespace

int Failures::note(const std::string& network, const std::string& user, Clock::time_point now) {
    age(now);
    for (const auto& key : {of_network(network), of_user(user), of_both("both", network, user)})
        ++newer_[key];
    return doubled(std::max(count(of_network(network)), count(of_user(user))));
}

int Failures::wait(const std::string& network, const std::string& user, Clock::time_point now) {
    age(now);
    if (count(of_both("good", network, user)) > 0)
        return doubled(beyond(count(of_both("both", network, user)), free_of_network));
    return doubled(std::max(beyond(count(of_network(network)), free_of_network),
                            beyond(count(of_user(user)), free_of_user)));
}

void Failures::succeeded(const std::string& network, const std::string& user,
                         Clock::time_point now) {
    age(now);
    const auto times = count(of_both("both", network, user));
    for (const auto& key : {of_network(network), of_user(user), of_both("both", network, user)})
        forgive(key, times);
    newer_[of_both("good", network, user)] = 1;
}

void Failures::age(Clock::time_point now) {
    if (now - begun_ < period && newer_.size() < most) return;
    older_ = std::exchange(newer_, {});
    if (now - begun_ >= 2 * period) older_.clear();
    begun_ = now;
}

std::uint32_t Failures::count(const std::string& key) const {
    std::uint32_t times = 0;
    for (const auto* counts : {&older_, &newer_}) {
        if (const auto found = counts->find(key); found != counts->end()) times += found->second;
    }
    return times;
}

void Failures::forgive(const std::string& key, std::uint32_t times) {
    for (auto* counts : {&newer_, &older_}) {
        const auto found = counts->find(key);
        if (found == counts->end()) continue;
        const auto part = std::min(times, found->second);
        times -= part;
        found->second -= part;
        if (found->second == 0) counts->erase(found);
    }
}

std::string loggable(std::string_view name) {
    constexpr std::size_t longest = 64;
    std::string text(name.substr(0, longest));
    std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return name.size() > longest ? text + "..." : text;
}

}  // namespace mailhold::imap::server
