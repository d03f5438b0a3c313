#include "imap/server/login/login.hpp"

#include <utility>

#include "store/base/log.hpp"

namespace mailhold::imap::server {

using net::awaitable;

Login::Login(Hub& hub, Member& member, net::Signal& signal, const net::Stream& stream)
    : hub_(hub),
      member_(member),
      signal_(signal),
      stream_(stream),
      deadline_(net::in(hub.options.login_timeout)) {}

awaitable<Login::Checked> Login::check(Credentials given) {
    const std::string network = stream_.remote_network();
    // Who gives no name is known by his network alone.
    const std::string name = given.user.empty() ? "of " + network : given.user;
    const auto delay = hub_.options.login_delay;
    const auto before = delay * hub_.login_wait(network, name);
    co_await wait(before);
    const std::string told = loggable(given.user);
    const Checked checked = co_await ask(std::move(given), network);
    if (checked.result == LoginResult::too_busy) co_return checked;
    if (checked.user) hub_.note_success(network, name);
    known_ = checked.user && hub_.logged_in(member_, checked.user->name);
    if (hub_.services.observer.login && checked.result != LoginResult::unavailable)
        hub_.services.observer.login(known_);
    if (known_) co_return checked;
    if (checked.user) {
        log::warning("imap.too_many_connections", {{"user", checked.user->name}});
        co_return Checked{LoginResult::too_many, nullptr};
    }
    if (checked.result == LoginResult::refused)
        log::warning("imap.login_failed", {{"user", told}, {"remote", stream_.remote()}});
    const auto behind = delay * hub_.note_failure(network, name);
    co_await wait(behind);
    co_return checked;
}

// Not held up by the end of the server.
awaitable<void> Login::wait(std::chrono::milliseconds time) {
    if (time <= std::chrono::milliseconds::zero()) co_return;
    const auto until = net::in(time);
    while (!hub_.stopping() && !co_await signal_.wait_until(until)) continue;
}

awaitable<Login::Checked> Login::ask(Credentials given, std::string network) {
    LoginQueue& queue = given.how == Credentials::How::token ? hub_.token_queue : hub_.login_queue;
    if (!queue.has_room(network)) {
        log::warning("imap.logins_refused", {{"remote", stream_.remote()}});
        co_return Checked{LoginResult::too_busy, nullptr};
    }
    users_version_ = hub_.users_version();  // before the users: a change is seen later
    certified_under_.reset();
    if (given.how == Credentials::How::certificate) certified_under_ = authorities_;
    const auto users = hub_.users();
    auto work = [tokens = hub_.options.tokens, users, given = std::move(given)] {
        return verdict(*users, tokens.get(), given);
    };
    const Hub::Checking checking(hub_, member_);
    LoginQueue::Place place(queue, std::move(network));
    const auto [result, user] = co_await net::offload(place, std::move(work));
    co_return Checked{result, user ? std::shared_ptr<const User>(users, user) : nullptr};
}

bool Login::is_withdrawn(const User& user) {
    const auto version = hub_.users_version();
    if (std::exchange(users_version_, version) == version) return false;
    // Authorities may have been withdrawn too.
    const bool by_others = certified_under_ && *certified_under_ != hub_.certifiers();
    return !hub_.knows(user) || by_others;
}

void Login::ended(const std::string& network) {
    if (!std::exchange(known_, false)) return;
    deadline_ = net::in(hub_.options.login_timeout);
    hub_.logged_out(member_, network);
}

}  // namespace mailhold::imap::server
