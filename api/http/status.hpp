// How the archive stands, at one moment: what /api/v1/status, /metrics and `mailhold status` show.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/archive.hpp"
#include "store/base/error.hpp"
#include "store/base/time.hpp"

namespace mailhold::http {

// What only the daemon knows about an account: how its mirror is doing.
struct MirrorStatus {
    std::string state;                                // imap::sync::State in a word
    std::string problem;                              // what it waits for; empty when all is well
    std::uint64_t mailboxes = 0, mailboxes_done = 0;  // of this pass
    std::uint64_t messages = 0,
                  messages_done = 0;  // missing here when the pass began, archived since
    std::uint64_t unaccounted = 0;    // UIDs that the origin shows and the archive does not have
    std::uint64_t quarantined = 0;
    std::uint64_t throttled = 0;            // waits that the origin asked for
    std::uint64_t throttled_seconds = 0;    // all of them together
    std::optional<UtcMicros> last_success;  // the last pass that accounted for everything
    bool operator==(const MirrorStatus&) const = default;
};

struct AccountStatus {
    std::string name;
    std::string url;
    std::uint64_t mailboxes = 0;                  // that the origin lists
    std::uint64_t messages = 0;                   // distinct
    std::uint64_t octets = 0;                     // of them
    std::uint64_t unaccounted = 0;                // UIDs on record that are still to be fetched
    std::optional<store::Reconciled> reconciled;  // the last comparison of everything
    std::optional<MirrorStatus> mirror;
    bool operator==(const AccountStatus&) const = default;
};

struct Overview {
    std::uint64_t messages = 0;  // distinct, of all accounts
    std::uint64_t octets = 0;
    std::uint64_t sightings = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t records = 0;  // in the ledger, as far as the catalog has them
    std::uint64_t indexed = 0;  // messages up to this number are in the index
    std::optional<UtcMicros> last_archived;
    std::optional<UtcMicros> started;  // of the daemon that answers
    std::vector<AccountStatus> accounts;
    std::uint64_t index_lag() const { return messages - std::min(indexed, messages); }
    bool operator==(const Overview&) const = default;
};

// From catalog and index alone, beside a running daemon or without one. Blocking.
Result<Overview> read_status(const store::ArchiveReader& archive);

std::string to_json(const Overview& status);
// Total; what `to_json` wrote, also of a neighbouring version: fields that are absent keep their
// defaults.
Result<Overview> status_from_json(std::string_view json);

}  // namespace mailhold::http
