#include "imap/server/hub.hpp"

#include <algorithm>
#include <utility>

namespace mailhold::imap::server {

Hub::Hub(Services the_services, Options the_options,
         std::shared_ptr<const net::ServerIdentity> identity)
    : services(std::move(the_services)),
      options(std::move(the_options)),
      cache(services.archive),
      backend{.archive = services.archive,
              .cache = cache,
              .searcher = services.searcher,
              .personal_flags = options.personal_flags,
              .workspaces = store::Workspaces(services.archive,
                                              [this](const std::string& owner) {
                                                  const auto all = users();
                                                  const auto user =
                                                      std::ranges::find(*all, owner, &User::name);
                                                  return user == all->end() ? store::Quota()
                                                                            : user->quota;
                                              }),
              .audit = services.audit,
              .pool = &services.pool,
              .users = [this] { return users(); },
              .message_limit = options.message_limit,
              .tokens = options.tokens != nullptr,
              .token_scope = options.tokens ? options.tokens->rules().scope : std::string(),
              .decoy_secret = options.decoy_secret},
      users_(std::make_shared<const std::vector<User>>(options.users)),
      identity_(std::move(identity)) {}

Hub::Users Hub::users() const {
    const std::lock_guard lock(mutex_);
    return users_;
}

std::shared_ptr<const net::ServerIdentity> Hub::identity() const {
    const std::lock_guard lock(mutex_);
    return identity_;
}

void Hub::reload(std::vector<User> users, std::shared_ptr<const net::ServerIdentity> identity) {
    const std::lock_guard lock(mutex_);
    users_ = std::make_shared<const std::vector<User>>(std::move(users));
    identity_ = std::move(identity);
    ++users_version_;
    for (Member* member : members_) member->wake();
}

std::string Hub::certifiers() const {
    const auto now = identity();
    return now ? now->clients() : std::string();
}

bool Hub::knows(const User& user) const {
    const auto all = users();
    return std::ranges::find(*all, user) != all->end();
}

int Hub::note_failure(const std::string& network, const std::string& user) {
    const std::lock_guard lock(mutex_);
    return failures_.note(network, user, Failures::Clock::now());
}

int Hub::login_wait(const std::string& network, const std::string& user) {
    const std::lock_guard lock(mutex_);
    return failures_.wait(network, user, Failures::Clock::now());
}

void Hub::note_success(const std::string& network, const std::string& user) {
    const std::lock_guard lock(mutex_);
    failures_.succeeded(network, user, Failures::Clock::now());
}

bool Hub::enter(Member& member, const std::string& network) {
    const auto& observer = services.observer;
    Member* expended = nullptr;
    {
        const std::lock_guard lock(mutex_);
        const auto known = strangers_of_.find(network);
        const bool crowd = !network.empty() && known != strangers_of_.end() &&
                           known->second.size() >= options.strangers_of_network;
        if (crowd || members_.size() >= options.connections) {
            if (observer.turned_away) observer.turned_away();
            return false;
        }
        const bool full = strangers_.size() >= options.strangers;
        if (full) expended = most_expendable();
        if (full && !expended) {
            if (observer.turned_away) observer.turned_away();
            return false;
        }
        if (expended) {
            forget_stranger(*expended);
            expended->cut_off();
        }
        members_.insert(&member);
        add_stranger(member, network);
    }
    if (observer.connections) observer.connections(+1);
    if (observer.strangers && !expended) observer.strangers(+1);
    if (observer.turned_away && expended) observer.turned_away();
    return true;
}

// Many silent connections, from many places, must not keep out who comes to log in.
Member* Hub::most_expendable() const {
    const auto most = std::ranges::max_element(
        strangers_of_, {}, [](const auto& network) { return network.second.size(); });
    if (most == strangers_of_.end()) return nullptr;
    const auto oldest = std::ranges::find_if(
        most->second, [this](const Member* member) { return !checking_.contains(member); });
    return oldest == most->second.end() ? nullptr : *oldest;
}

Hub::Checking::Checking(Hub& hub, Member& member) : hub_(hub), member_(member) {
    const std::lock_guard lock(hub_.mutex_);
    hub_.checking_.insert(&member_);
}

Hub::Checking::~Checking() {
    const std::lock_guard lock(hub_.mutex_);
    hub_.checking_.erase(&member_);
}

bool Hub::logged_in(Member& member, const std::string& user) {
    bool was_one = false;
    {
        const std::lock_guard lock(mutex_);
        const auto known = connections_of_.find(user);
        if (known != connections_of_.end() && known->second >= options.connections_of_user)
            return false;
        ++connections_of_[user];
        user_of_[&member] = user;
        was_one = forget_stranger(member);
    }
    if (was_one && services.observer.strangers) services.observer.strangers(-1);
    return true;
}

// Whatever the limit: it has its place among the connections.
void Hub::logged_out(Member& member, const std::string& network) {
    {
        const std::lock_guard lock(mutex_);
        if (strangers_.contains(&member)) return;
        forget_user(member);
        add_stranger(member, network);
    }
    if (services.observer.strangers) services.observer.strangers(+1);
}

void Hub::add_stranger(Member& member, const std::string& network) {
    strangers_.emplace(&member, network);
    strangers_of_[network].push_back(&member);
}

bool Hub::forget_stranger(Member& member) {
    const auto stranger = strangers_.find(&member);
    if (stranger == strangers_.end()) return false;
    const auto network = strangers_of_.find(stranger->second);
    std::erase(network->second, &member);
    if (network->second.empty()) strangers_of_.erase(network);
    strangers_.erase(stranger);
    return true;
}

void Hub::forget_user(Member& member) {
    const auto user = user_of_.find(&member);
    if (user == user_of_.end()) return;
    const auto connections = connections_of_.find(user->second);
    if (--connections->second == 0) connections_of_.erase(connections);
    user_of_.erase(user);
}

void Hub::leave(Member& member) {
    bool was_stranger = false;
    {
        const std::lock_guard lock(mutex_);
        was_stranger = forget_stranger(member);
        forget_user(member);
        members_.erase(&member);
    }
    if (was_stranger && services.observer.strangers) services.observer.strangers(-1);
    if (services.observer.connections) services.observer.connections(-1);
}

void Hub::changed(const store::Change& change) {
    cache.changed(change);  // first: who is told must not find the old
    const std::lock_guard lock(mutex_);
    for (Member* member : members_) member->changed(change);
}

void Hub::say_bye() {
    stopping_ = true;
    const std::lock_guard lock(mutex_);
    for (Member* member : members_) member->wake();
}

void Hub::cut_off() {
    const std::lock_guard lock(mutex_);
    for (Member* member : members_) member->cut_off();
}

Hub::Guest::Guest(Hub& hub) : hub_(hub) {
    const std::lock_guard lock(hub_.mutex_);
    ++hub_.guests_;
}

Hub::Guest::~Guest() {
    // Told under the lock: the hub may be gone the moment after.
    const std::lock_guard lock(hub_.mutex_);
    if (--hub_.guests_ == 0) hub_.empty_.notify_all();
}

bool Hub::wait_until_empty(std::chrono::seconds most) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, most, [this] { return guests_ == 0; });
}

void Hub::wait_until_empty() {
    std::unique_lock lock(mutex_);
    empty_.wait(lock, [this] { return guests_ == 0; });
}

}  // namespace mailhold::imap::server
