// Numbers that every fact moves: the archive's totals and each mailbox's counters. Held in memory
// while records are applied and saved once before the commit, so that a batch of messages costs
// each row one update.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "store/base/ids.hpp"
#include "store/catalog/connection.hpp"

namespace mailhold::store::catalog {

struct Sums {
    Sequence next{};
    std::uint64_t messages = 0;
    std::uint64_t octets = 0;
    std::uint64_t sightings = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t awaited = 0;
    UidValidity uidvalidity{};  // the highest given to a local mailbox
};

struct Counters {
    Uid uidnext{};
    ModSeq highest_modseq{};
    std::uint32_t messages = 0;
    std::uint32_t unseen = 0;
    std::uint64_t octets = 0;
};

class Tally {
  public:
    explicit Tally(Connection& connection) : connection_(connection) {}

    Sums& sums();
    const Counters& of(MailboxId mailbox);
    Counters& change(MailboxId mailbox, ModSeq modseq);  // marks it as changed by this record
    std::vector<MailboxId> save();  // those changed since the last save, ascending
    void forget();                  // what is in memory, after a rollback

  private:
    Counters& load(MailboxId mailbox);

    Connection& connection_;
    std::optional<Sums> sums_;
    std::map<MailboxId, Counters> counters_;
    std::set<MailboxId> changed_;
};

}  // namespace mailhold::store::catalog
