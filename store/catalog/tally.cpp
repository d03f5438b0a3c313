#include "store/catalog/tally.hpp"

#include <fmt/format.h>

namespace mailhold::store::catalog {
namespace {

constexpr char select_sums[] =
    "SELECT next, messages, octets, sightings, quarantined, awaited, uidvalidity FROM totals";
constexpr char update_sums[] =
    "UPDATE totals SET next = ?1, messages = ?2, octets = ?3, sightings = ?4, quarantined = ?5, "
    "awaited = ?6, uidvalidity = ?7";
constexpr char select_counters[] =
    "SELECT uidnext, highest_modseq, messages, unseen, octets FROM mailbox WHERE id = ?1";
constexpr char update_counters[] =
    "UPDATE mailbox SET uidnext = ?2, highest_modseq = ?3, messages = ?4, unseen = ?5, octets = ?6 "
    "WHERE id = ?1";

}  // namespace

Sums& Tally::sums() {
    if (!sums_) {
        auto row = connection_.query(select_sums);
        if (!row.step()) throw Failure{{Errc::corrupt, "catalog: the row of totals is missing"}};
        sums_ = {.next = row.get<Sequence>(0),
                 .messages = row.get<std::uint64_t>(1),
                 .octets = row.get<std::uint64_t>(2),
                 .sightings = row.get<std::uint64_t>(3),
                 .quarantined = row.get<std::uint64_t>(4),
                 .awaited = row.get<std::uint64_t>(5),
                 .uidvalidity = row.get<UidValidity>(6)};
    }
    return *sums_;
}

const Counters& Tally::of(MailboxId mailbox) {
    return load(mailbox);
}

Counters& Tally::change(MailboxId mailbox, ModSeq modseq) {
    auto& counters = load(mailbox);
    counters.highest_modseq = modseq;
    changed_.insert(mailbox);
    return counters;
}

std::vector<MailboxId> Tally::save() {
    const auto& sums = this->sums();
    connection_.run(update_sums, sums.next, sums.messages, sums.octets, sums.sightings,
                    sums.quarantined, sums.awaited, sums.uidvalidity);
    for (const auto mailbox : changed_) {
        const auto& counters = counters_.at(mailbox);
        connection_.run(update_counters, mailbox, counters.uidnext, counters.highest_modseq,
                        counters.messages, counters.unseen, counters.octets);
    }
    std::vector<MailboxId> changed(changed_.begin(), changed_.end());
    changed_.clear();
    return changed;
}

void Tally::forget() {
    sums_.reset();
    counters_.clear();
    changed_.clear();
}

Counters& Tally::load(MailboxId mailbox) {
    const auto known = counters_.find(mailbox);
    if (known != counters_.end()) return known->second;
    auto row = connection_.query(select_counters, mailbox);
    if (!row.step())
        throw Failure{
            {Errc::corrupt, fmt::format("catalog: mailbox {} is missing", number(mailbox))}};
    return counters_
        .emplace(mailbox, Counters{.uidnext = row.get<Uid>(0),
                                   .highest_modseq = row.get<ModSeq>(1),
                                   .messages = row.get<std::uint32_t>(2),
                                   .unseen = row.get<std::uint32_t>(3),
                                   .octets = row.get<std::uint64_t>(4)})
        .first->second;
}

}  // namespace mailhold::store::catalog
