// What the ids of RFC 8474 tell of an account's origin, for as long as we run: which messages are one and the same,
// under whatever mailbox and UID, and which mailbox had another name before. A hint that saves work, never a truth: an
// origin that gives one id to two messages is not believed again.
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
};

}  // namespace mailhold::imap::sync
