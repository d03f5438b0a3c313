// What the tests of the archive share: messages to store, and all that an archive then holds as one
// text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "store/archive.hpp"
#include "tests/unit/ledger/support.hpp"

namespace mailhold::store {

using ledger::Kept;
using ledger::ok;
using ledger::QuietLog;
using ledger::take;
using ledger::TestFolder;

inline const Generation inbox{"alice", "INBOX", UidValidity{1}};

inline Arrival arrival(const Generation& generation, std::uint32_t uid, std::string octets,
                       std::vector<std::string> flags = {}) {
    Arrival made;
    made.sighting.generation = generation;
    made.sighting.uid = Uid{uid};
    made.sighting.internal_date = {UtcSeconds(std::chrono::seconds(1'700'000'000 + uid)), 60};
    made.sighting.flags = std::move(flags);
    made.octets = Blob(std::move(octets));
    return made;
}

inline std::string mail(std::uint64_t n) {
    return fmt::format(
        "Subject: mail {}\r\nMessage-ID: <{}@example.org>\r\n\r\nThis is the text of mail {}.\r\n",
        n, n, n);
}

// Everything that can be asked of an archive, in order.
inline std::string dump(const ArchiveReader& archive) {
    std::string text;
    const auto totals = take(archive.totals());
    text += fmt::format("{} messages {} octets {} sightings\n", totals.messages, totals.octets,
                        totals.sightings);
    for (const auto& mailbox : take(archive.mailboxes())) {
        text += fmt::format("mailbox {} {}/{} uidnext {}\n", number(mailbox.id), mailbox.account,
                            mailbox.name, number(mailbox.uidnext));
        const auto snapshot = take(archive.snapshot(mailbox.id));
        for (const auto& entry : snapshot->entries) {
            text += fmt::format("  uid {} message {} size {} date {} flags {}\n", number(entry.uid),
                                number(entry.message), entry.size,
                                entry.internal_date.utc.time_since_epoch().count(),
                                fmt::join(snapshot->flags_of(entry), " "));
        }
    }
    for (const auto& message : take(archive.messages(MessageNumber{1}, 1'000'000))) {
        const auto octets = take(archive.octets(message));
        text += fmt::format("message {} {} {}\n", number(message.number), to_hex(message.digest),
                            to_hex(sha256(octets.view())));
    }
    return text;
}

// A verification that must find nothing.
inline Verification verified(const std::filesystem::path& data) {
    auto found = take(verify(data));
    for (const auto& problem : found.problems) FAIL_CHECK(problem.where << ": " << problem.what);
    return found;
}

}  // namespace mailhold::store
