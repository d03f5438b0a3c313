// A small archive in a temporary folder, filled by hand, and sessions on it that are driven by
// scripts: client("a1 NOOP").server("a1 OK ..."), where "..." stands for anything.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "imap/server/session.hpp"
#include "store/archive.hpp"

namespace mailhold::imap::server::test {

class World {
  public:
    World();
    ~World();

    void list(const std::string& mailbox, std::vector<std::string> attributes = {},
              const std::string& account = "alice");
    void gone(const std::string& mailbox);
    struct Mail {
        Mail(std::string o, std::vector<std::string> f = {},
             ZonedSeconds d = {UtcSeconds{std::chrono::days{18'000}}, 0})
            : octets(std::move(o)), flags(std::move(f)), date(d) {}
        std::string octets;
        std::vector<std::string> flags;
        ZonedSeconds date;
    };
    void add(const std::string& mailbox, std::uint32_t uid, Mail mail,
             const std::string& account = "alice");
    void vanish(const std::string& mailbox, std::uint32_t uid);
    void flag(const std::string& mailbox, std::uint32_t uid, std::vector<std::string> flags);

    std::filesystem::path folder;
    std::unique_ptr<store::Archive> archive;
    std::unique_ptr<Cache> cache;
    store::Archive::Subscription subscription;
    std::unique_ptr<indexer::pipeline::Searcher> searcher;
    WorkerPool pool{"session", 1};
    std::unique_ptr<Backend> backend;
    // Every message matched directly: the session's part of SEARCH, without an index.
    std::function<Result<Places>(const Search&)> search;
    std::vector<User>
        users;  // alice with account alice, password "secret" (checked by the script, in plain)

  private:
    void store(std::vector<store::Arrival> arrivals, std::vector<store::Fact> facts);
};

// A message with CRLF line ends: mail("Subject: x\n\nbody\n").
std::string mail(std::string_view text);
// One of tests/data/mail, "mikel+mail/003.eml".
std::string sample(const std::string& path);

enum class Feed { whole, bytewise };

class Script {
  public:
    // A session over TLS, greeted already, unless the channel says otherwise.
    explicit Script(World& world, Channel channel = {.tls = true}, Feed feed = Feed::whole);

    Script& client(std::string_view line);  // and CRLF
    Script& client_raw(std::string_view octets);
    Script& server(std::string_view line);        // the next line of output
    Script& server_raw(std::string_view octets);  // the next octets of output
    Script& silence();                            // nothing more was said
    Script& login();
    Script& select(const std::string& mailbox);  // skips the untagged responses
    Script& wake();                              // what the session watches changed
    Script& closed();                            // the session has ended
    std::string take();                          // all output so far

    Session session;
    Next next = Next::again;
    std::size_t largest_step = 0;  // octets
    std::size_t steps = 0;

  private:
    void run();
    World& world_;
    Feed feed_;
    std::string output_;
};

// What the archive changed, as a connection hears of it.
class Changes {
  public:
    explicit Changes(World& world);
    // Whether anything since the last call wakes the connections of these sessions.
    std::vector<bool> woken(const std::vector<const Script*>& scripts);
    bool wake(const Script& script) { return woken({&script}).front(); }

  private:
    std::vector<store::Change> all_;
    store::Archive::Subscription subscription_;
};

}  // namespace mailhold::imap::server::test
