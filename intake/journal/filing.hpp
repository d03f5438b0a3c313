// Puts what was handed in into its account: the octets, where they stand, and the envelope, in one
// commit. An account of journals has the one mailbox "Journal", of one generation for ever; its UIDs
// are given here, in the order in which messages came, and a message that is handed in twice stands
// there twice, each time with its envelope. Beside a journal report (report.hpp) of one who may send
// them stands the message that it carries, with the envelope that the report tells. What is on record
// of a message is bounded (session.hpp, report.hpp) well below what a record of the ledger holds: no
// mail is refused for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "intake/journal/session.hpp"
#include "store/archive.hpp"

namespace mailhold::intake::journal {

struct Peer {
    std::string address;  // with the port
    std::string tls;      // "TLSv1.3"; empty: none
};

// Whether a journal report is taken apart, or is mail like any other.
enum class Reports { kept, unwrapped };

class Filing {
  public:
    // Errc::invalid where the account mirrors an origin, or holds imported mail. The archive outlives
    // it. One of these an account, at most. Blocking.
    static Result<std::unique_ptr<Filing>> open(store::Archive& archive,
                                                const std::string& account);

    // Returns once it is on disk. Blocking; any thread; calls at the same time share a commit. After
    // an error it is not stored, and may be handed in again. Says whether it was a report that was unwrapped.
    Result<Reports> file(const Envelope& envelope, const Peer& peer, Blob octets, UtcMicros now,
                         Reports reports);

    store::Archive& archive() const { return archive_; }

  private:
    Filing(store::Archive& archive, store::Generation generation, std::uint32_t next_uid)
        : archive_(archive), generation_(std::move(generation)), next_uid_(next_uid) {}

    store::Arrival arrival(Blob octets, UtcMicros now);

    store::Archive& archive_;
    const store::Generation generation_;
    std::atomic<std::uint32_t> next_uid_;
};

}  // namespace mailhold::intake::journal
