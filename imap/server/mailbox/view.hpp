// A session's view of its selected mailbox: always one of the archive's snapshots. What a newer one
// changes is a pure difference, told to the client only where sequence numbers may change (RFC
// 3501 5.5, 7.4.1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "imap/wire/values.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::imap::server {

// Shared by all sessions that selected the mailbox.
using Snapshot = std::shared_ptr<const store::MailboxSnapshot>;

// The mailbox as a user sees it who gave messages flags of his own; itself where he gave none.
Snapshot with_personal_flags(const Snapshot& mailbox, const store::PersonalFlags& personal);

struct Difference {
    // Sequence numbers before, descending: none needs adjusting.
    std::vector<std::uint32_t> expunged;
    std::uint32_t appended = 0;          // at the end, after the expunges
    std::vector<std::uint32_t> flagged;  // sequence numbers afterwards, whose flags changed
    bool operator==(const Difference&) const = default;
};
Difference difference(const store::MailboxSnapshot& before, const store::MailboxSnapshot& after);

// Which responses the client has enabled.
struct Told {
    bool modseq = false;    // in FETCH (RFC 7162 3.1)
    bool vanished = false;  // instead of EXPUNGE (RFC 7162 3.2.10)
    bool uids = false;      // instead of sequence numbers (RFC 9586)
    bool flags = true;      // that changed by themselves
};
// without_expunge: nothing where there is one. all_but_expunges: what is gone stays in the view.
enum class Updates { all, without_expunge, all_but_expunges };
// The difference as untagged responses. nullopt where it has expunges that must wait: the view then
// stays whole as it is.
std::optional<std::string> updates_text(const store::MailboxSnapshot& before,
                                        const store::MailboxSnapshot& after, Updates allowed,
                                        Told told = {});
// `after`, with what is gone from it since `before`; itself where nothing is.
Snapshot with_expunged(const Snapshot& before, const Snapshot& after);
// "* 3 FETCH (", or by UID "* 7 UIDFETCH (" (RFC 9586 3.3)
std::string fetch_begin_text(const store::MailboxSnapshot& mailbox, std::uint32_t place, Told told);
// "* 3 FETCH (UID 7 FLAGS (\\Seen))"
std::string flags_update_text(const store::MailboxSnapshot& mailbox, std::uint32_t place,
                              Told told);

// "* FLAGS (...)": the system flags and every keyword in use.
std::string flags_text(const store::MailboxSnapshot& mailbox);
// "* OK [PERMANENTFLAGS (...)]": of these, and whatever else a client invents, what these rights let
// the user change.
std::string permanent_flags_text(const store::MailboxSnapshot& mailbox, std::string_view rights);

// Ranges with "*" put in, first <= last, ascending, merged: 5:* means *:5 where fewer are there
// (RFC 3501 9).
wire::SequenceSet resolve(wire::SequenceSet set, std::uint32_t largest);
wire::SequenceSet resolve(const wire::SequenceSet& set, wire::NumberKind kind,
                          const store::MailboxSnapshot& mailbox);
// 0-based places of the messages that the set names, ascending; what is not there is left out.
std::vector<std::uint32_t> places(const wire::SequenceSet& set, wire::NumberKind kind,
                                  const store::MailboxSnapshot& mailbox);
bool contains(const wire::SequenceSet& resolved, std::uint32_t number);
// UIDs, ascending, as the shortest set.
wire::SequenceSet set_of(const std::vector<Uid>& uids);
std::vector<MessageNumber> message_numbers(const store::MailboxSnapshot& mailbox);
// Whether a set of sequence numbers names, without "*", a message that is not there (RFC 3501 9:
// BAD).
bool names_too_much(const wire::SequenceSet& set, std::size_t messages);

}  // namespace mailhold::imap::server
