// What a test of the mirror needs around it: an origin, an archive in a temporary folder, and looks at
// both.
#pragma once

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "imap/sync/sync.hpp"
#include "tests/unit/sync/origin.hpp"

namespace mailhold::imap::sync {

// Nine messages, of which two are the same.
inline void fill(OriginState& state) {
    for (int i = 0; i < 5; ++i)
        state.mailboxes["INBOX"].add(fmt::format("Subject: {}\r\n\r\nhello {}\r\n", i, i));
    state.mailboxes["INBOX"].add("");                              // nothing is a message too
    state.mailboxes["INBOX"].add(std::string(200'000, 'x'));       // streamed
    state.mailboxes["Work"].add("Subject: 3\r\n\r\nhello 3\r\n");  // the same bytes again elsewhere
    state.mailboxes["Work"].add("two");
}

// An origin, an empty archive, and a mirror between them.
struct World {
    Origin origin;
    std::filesystem::path folder;
    std::unique_ptr<store::Archive> archive;
    net::Runtime runtime{1};
    WorkerPool pool{"pool", 2};

    World() {
        // Memory, where there is any: the disk's patience is not what is tested here.
        std::filesystem::path where = "/dev/shm";
        if (!std::filesystem::is_directory(where)) where = std::filesystem::temp_directory_path();
        std::string name = (where / "mailhold-sync-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        fresh();
    }
    ~World() {
        archive.reset();
        std::filesystem::remove_all(folder);
    }
    void fresh() {
        archive.reset();
        std::filesystem::remove_all(folder);
        archive = std::move(*store::Archive::open(folder));
    }

    Status run(const std::function<void(Account&)>& adjust = {}, Task task = Task::pass) {
        auto account = origin.account();
        if (adjust) adjust(account);
        Mirror mirror(runtime, pool, *archive, account);
        auto status = mirror.run_once(task);
        report = mirror.report();
        return status;
    }
    Report report;

    // What the archive says stands in the mailbox now: octets, counted.
    std::map<std::string, int> present(const std::string& mailbox) {
        std::map<std::string, int> octets;
        const auto mailboxes = *archive->mailboxes();
        for (const auto& one : mailboxes) {
            if (one.kind != store::MailboxKind::mirrored || one.origin_name != mailbox) continue;
            const auto snapshot = *archive->snapshot(one.id);
            for (const auto& entry : snapshot->entries)
                ++octets[std::string(archive->octets(entry.message)->view())];
        }
        return octets;
    }
    std::map<std::string, int> at_origin(const std::string& mailbox) {
        std::map<std::string, int> octets;
        origin.with([&](OriginState& state) {
            const auto found = state.mailboxes.find(mailbox);
            if (found == state.mailboxes.end()) return;
            for (const auto& [uid, message] : found->second.messages) ++octets[message.octets];
        });
        return octets;
    }
    // Everything at the origin is here, the origin was not touched, and the ledger is whole.
    void check_level() {
        for (const auto& mailbox : {"INBOX", "Work"}) CHECK(present(mailbox) == at_origin(mailbox));
        origin.with([](OriginState& state) { CHECK(state.changes.empty()); });
    }
};

// Waits for commits until the archive is as wanted; false after 20 seconds.
class Watcher {
  public:
    explicit Watcher(store::Archive& archive)
        : subscription_(archive.subscribe([this](const store::Change&) {
              const std::lock_guard lock(mutex_);
              ++commits_;
              changed_.notify_all();
          })) {}
    bool wait(const std::function<bool()>& wanted) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!wanted()) {
            std::unique_lock lock(mutex_);
            const auto before = commits_;
            if (!changed_.wait_until(lock, until, [&] { return commits_ != before; }))
                return wanted();
        }
        return true;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t commits_ = 0;
    store::Archive::Subscription subscription_;
};

// A mirror of fill()'s nine messages that goes on, from when they are here.
class Running {
  public:
    Running(World& world, const std::string& capabilities,
            const std::function<void(Account&)>& adjust)
        : archive_(*world.archive),
          watcher_(archive_),
          mirror(world.runtime, world.pool, archive_, account_of(world, capabilities, adjust)) {
        mirror.start();
        CHECK(has(9));
    }
    // Waits for so many sightings.
    bool has(std::uint64_t sightings) {
        return watcher_.wait([&] { return archive_.totals()->sightings == sightings; });
    }

  private:
    static Account account_of(World& world, const std::string& capabilities,
                              const std::function<void(Account&)>& adjust) {
        world.origin.with([&](OriginState& state) {
            fill(state);
            state.capabilities = capabilities;
        });
        auto account = world.origin.account();
        adjust(account);
        return account;
    }

    store::Archive& archive_;
    Watcher watcher_;

  public:
    Mirror mirror;
};

}  // namespace mailhold::imap::sync
