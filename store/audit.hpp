// The record of who looked at what: gathered from all who serve, and put into the ledger in batches.
// What cannot be recorded is not to be shown: record() then fails, and its caller refuses.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/archive.hpp"
#include "store/audit_repeats.hpp"
#include "store/base/threads.hpp"

namespace mailhold::store {

// "login", "fetch", ...: as people write it.
std::string_view name_of(Accessed::What what);
std::optional<Accessed::What> what_named(std::string_view name);

// Cuts what is too long to be kept for ever, and says so.
void bound(Accessed& access);

// Thread-safe. The archive must outlive it.
class Audit {
  public:
    enum class Mode {
        off,
        follow,  // within a second of the access; a crash may lose what that second saw
        strict,  // on disk before record() returns: before anything is shown
    };
    struct Options {
        Mode mode = Mode::follow;
        std::set<Accessed::What> leave_out{};
        // How long records wait for others (follow), and for the next try where they could not be
        // written.
        std::chrono::milliseconds batch{500};
    };
    static constexpr std::size_t most_waiting = 20'000;
    static constexpr std::size_t longest_text =
        4'000;  // octets of mailbox and detail each: bound()

    Audit(Archive& archive, Options options);
    ~Audit();  // writes what waits
    Audit(const Audit&) = delete;
    Audit& operator=(const Audit&) = delete;

    bool records(Accessed::What what) const;
    // Does nothing for what is left out; of failed logins that repeat it counts all but the first. Blocks in strict mode, and while too much waits; fails while
    // the ledger cannot be written.
    Status record(Accessed access);

  private:
    void run();
    Archive& archive_;
    const Options options_;
    std::mutex mutex_;
    std::condition_variable work_, done_;
    std::vector<Fact> waiting_;
    AuditRepeats repeats_;
    std::uint64_t taken_ = 0;    // records of batches before `waiting_`
    std::uint64_t written_ = 0;  // records on disk, from the first
    Status problem_{};           // of the last batch
    bool stopping_ = false;
    Thread thread_;  // last: it uses all the others
};

}  // namespace mailhold::store
