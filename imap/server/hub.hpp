// What the server's connections share: users, caches, limits, and the way to reach each of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "imap/server/login/login_queue.hpp"
#include "imap/server/server.hpp"
#include "imap/server/state.hpp"

namespace mailhold::imap::server {

// A connection, as the hub reaches it. All may be called from any thread, and do not block.
class Member {
  public:
    virtual ~Member() = default;
    virtual void changed(const store::Change& change) = 0;  // something was archived
    virtual void wake() = 0;     // to look at Hub::stopping() and Hub::users_version()
    virtual void cut_off() = 0;  // hard
};

// Outlives every coroutine that has a Guest in it: Server::stop() waits for them.
class Hub {
  public:
    Hub(Services services, Options options, std::shared_ptr<const net::ServerIdentity> identity);

    using Users = std::shared_ptr<const std::vector<User>>;  // shared with logins in work
    Users users() const;
    std::shared_ptr<const net::ServerIdentity> identity() const;
    void reload(std::vector<User> users, std::shared_ptr<const net::ServerIdentity> identity);
    std::uint64_t users_version() const { return users_version_; }  // counts reloads
    // Numbers that no connection had before, of this run or an earlier one.
    std::uint64_t next_session() { return ++last_session_; }
    bool knows(const User& user) const;  // as he is: with this password and these accounts
    // See Failures.
    int note_failure(const std::string& network, const std::string& user);
    int login_wait(const std::string& network, const std::string& user);
    void note_success(const std::string& network, const std::string& user);

    std::string certifiers() const;  // ServerIdentity::clients() as it is now
    // False when there are too many: of all, or of strangers of this network. That of this machine is
    // empty. Where strangers are too many in all, the oldest of the network with most of them is cut off,
    // unless its login is being checked.
    bool enter(Member& member, const std::string& network);
    // The login of a stranger, while it is checked.
    class Checking {
      public:
        Checking(Hub& hub, Member& member);
        ~Checking();
        Checking(const Checking&) = delete;
        Checking& operator=(const Checking&) = delete;

      private:
        Hub& hub_;
        Member& member_;
    };
    // It is no stranger any more; false, and it is one still, where the user has too many connections.
    bool logged_in(Member& member, const std::string& user);
    void logged_out(Member& member, const std::string& network);  // it is one again
    void leave(Member& member);
    // A member's place among the connections, if there was one.
    class Place {
      public:
        Place(Hub& hub, Member& member, const std::string& network)
            : hub_(hub), member_(member), taken_(hub.enter(member, network)) {}
        ~Place() {
            if (taken_) hub_.leave(member_);
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        bool taken() const { return taken_; }

      private:
        Hub& hub_;
        Member& member_;
        bool taken_;
    };
    void changed(const store::Change& change);
    void say_bye();  // to all, once their commands in work are done
    void cut_off();  // all, their searches too
    bool stopping() const { return stopping_; }

    // Held by a coroutine that uses the hub, from before it is spawned.
    class Guest {
      public:
        explicit Guest(Hub& hub);
        ~Guest();
        Guest(const Guest&) = delete;
        Guest& operator=(const Guest&) = delete;

      private:
        Hub& hub_;
    };
    bool wait_until_empty(std::chrono::seconds most);
    void wait_until_empty();

    const Services services;
    const Options options;
    Cache cache;
    Backend backend;
    LoginQueue login_queue;
    LoginQueue token_queue;                   // apart: who gives tokens may be slow
    std::atomic<std::size_t> unannounced{0};  // connections whose PROXY header has not come

  private:
    bool forget_stranger(Member& member);  // under the lock; whether it was one
    void forget_user(Member& member);      // likewise; if there is one
    void add_stranger(Member& member, const std::string& network);  // likewise
    Member* most_expendable() const;                                // likewise
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t guests_ = 0;
    std::set<Member*> members_;
    std::map<Member*, std::string> strangers_;  // of the members, with their networks
    std::map<std::string, std::vector<Member*>> strangers_of_;  // the oldest first
    std::set<const Member*> checking_;
    std::map<const Member*, std::string> user_of_;       // of those who logged in
    std::map<std::string, std::size_t> connections_of_;  // that each user has
    Users users_;
    std::atomic<std::uint64_t> users_version_{0};
    std::atomic<std::uint64_t> last_session_{
        static_cast<std::uint64_t>(utc_now().time_since_epoch().count())};
    Failures failures_;
    std::shared_ptr<const net::ServerIdentity> identity_;
    std::atomic<bool> stopping_{false};
};

}  // namespace mailhold::imap::server
