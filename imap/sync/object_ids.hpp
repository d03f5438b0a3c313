// What the ids of RFC 8474 tell of an account's origin, for as long as we run: which messages are one and the same,
// under whatever mailbox and UID, and which mailbox had another name before. A hint that saves work, never a truth: an
// origin that gives one id to two messages is not believed again.
//
// Of the messages that an EMAILID tells, the first few and then one in a hundred come all the same, as proofs; the others
// are taken on trust until the next reconciliation, or until a lie is known: then they are fetched and compared. What
// remains: a message with the id and the size of another one, where no proof told of the lie, that the origin deletes
// before the next reconciliation, or that was taken on trust by a process that has ended. (Gmail's ids are believed as long
// as no two messages have one.)
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "imap/wire/response.hpp"
#include "store/base/digest.hpp"
#include "store/facts.hpp"

namespace mailhold::imap::sync {

// The EMAILID in an answer; empty if there is none.
std::string email_id_of(const wire::FetchData& fetched);

class ObjectIds {
  public:
    static constexpr std::size_t messages_most = 50'000;  // the latest; others are fetched again
    static constexpr std::size_t mailboxes_most = 100'000;
    static constexpr std::size_t id_longest = 255;  // RFC 8474 7; a longer one is none

    struct Message {
        Digest digest;
        std::uint64_t size = 0;
        bool operator==(const Message&) const = default;
    };

    // This message is in the archive. What the id stood for before must be the same.
    void archived(const std::string& email_id, const Message& message);
    std::optional<Message> message(const std::string& email_id) const;
    bool knows_messages() const { return !messages_.empty(); }

    static constexpr std::size_t proofs_first = 3, proof_every = 100;
    static constexpr std::size_t trusted_most = 1'000'000;
    bool believed() const { return believed_; }
    // Whether the message that an id tells now is to come all the same.
    bool wants_proof();
    void trust(const store::Generation& generation, Uid uid);
    bool trusts_in(const std::string& mailbox) const { return trusted_.contains(mailbox); }
    std::vector<Uid> trusted(const store::Generation& generation) const;  // ascending
    void proved(const store::Generation& generation, const std::vector<Uid>& uids);

    void seen(const std::string& mailbox, const std::string& mailbox_id);
    // `found` by content, without what the ids deny and with what they alone tell, of mailboxes that are `listed` and
    // such as are not any more. Those are forgotten.
    std::vector<store::Renamed> renames(const std::string& account,
                                        std::vector<store::Renamed> found,
                                        const std::vector<std::string>& listed);

  private:
    bool believed_ = true;
    std::unordered_map<std::string, Message> messages_;
    std::deque<std::string> order_;  // of messages_, the oldest first
    std::map<std::string, std::string> mailboxes_;
    struct Trusted {
        UidValidity uidvalidity{};
        std::set<Uid> uids;
    };
    std::map<std::string, Trusted> trusted_;  // by mailbox; none is empty
    std::size_t trusted_count_ = 0;
    std::size_t told_ = 0;  // messages, by ids
};

}  // namespace mailhold::imap::sync
