// A small IMAP server on loopback for tests of the mirror: mailboxes of values, and the troubles a
// test wants.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "imap/net/runtime.hpp"
#include "imap/sync/sync.hpp"
#include "imap/wire/command.hpp"

namespace mailhold::imap::sync {

struct OriginMessage {
    std::string octets;
    std::vector<std::string> flags;
    std::uint64_t modseq = 0;
    std::optional<std::uint64_t> said_size;   // RFC822.SIZE, where it is wrong
    std::string email_id{};                   // RFC 8474
    std::optional<std::uint64_t> saved{};     // RFC 8514, in seconds since 1970
    std::uint64_t gmail_id = 0;               // X-GM-MSGID; 0: one that follows from the octets
    std::optional<std::string> downgraded{};  // octets for who has not agreed on UTF-8 (RFC 6858)
    std::string labels{};                     // X-GM-LABELS, between the parentheses
};
struct OriginMailbox {
    std::uint32_t uidvalidity = 1;
    std::uint32_t uidnext = 1;
    std::map<std::uint32_t, OriginMessage> messages;
    std::uint64_t modseq = 1;
    std::map<std::uint32_t, std::uint64_t> vanished;  // with the MODSEQ of their expunge
    std::optional<std::uint32_t> shown_uidnext;       // instead of uidnext; 0 shows none
    bool nomodseq = false;
    std::string mailbox_id{};
    std::string attributes{};  // of LIST

    std::uint32_t add(std::string octets, std::string email_id = {}) {
        messages[uidnext] = {std::move(octets), {}, ++modseq, {}, std::move(email_id)};
        return uidnext++;
    }
    void expunge(std::uint32_t uid) {
        if (messages.erase(uid) > 0) vanished[uid] = ++modseq;
    }
    void label(std::uint32_t uid, std::string labels) {
        messages.at(uid).labels = std::move(labels);
        messages.at(uid).modseq = ++modseq;
    }
    void flag(std::uint32_t uid, std::vector<std::string> flags) {
        messages.at(uid).flags = std::move(flags);
        messages.at(uid).modseq = ++modseq;
    }
};
// What the test arranges and what it may look at afterwards.
struct OriginState {
    std::map<std::string, OriginMailbox> mailboxes;  // by the octets of their names
    std::string capabilities = "IMAP4rev1 LITERAL+ IDLE ESEARCH UNSELECT";
    // Ends the connection in the middle of this write, counted from 1; once. Or says nothing more on it.
    std::size_t cut_at = 0;
    bool stalls = false;
    std::set<std::uint32_t> nil, refused, poison;  // UIDs: BODY[] NIL; NO; the connection ends
    std::function<void(OriginState&)> on_fetch;    // before a UID FETCH with octets is answered
    std::string namespaces = "((\"\" \"/\")) NIL NIL";
    std::set<std::string> denied;    // commands that get a NO
    std::set<std::string> unlisted;  // mailboxes that only their own prefix lists
    std::string listed_badly;        // one more line of LIST
    bool reversed = false;           // lists and sends the newest first
    bool dates = true;               // gives INTERNALDATE
    std::chrono::seconds later{0};   // all of them
    bool chatter = false;            // FETCH answers that nobody asked for, between the others
    std::uint32_t flood = 0;         // so many FETCH answers, of ever new UIDs, to a SEARCH
    bool forgets_vanished = false;   // breaks its promise of QRESYNC
    std::size_t garbled = 0;         // so many FETCH answers without octets cannot be read
    std::set<std::uint32_t> short_;  // UIDs: the first answer has half of the octets
    std::set<std::uint32_t> empty;   // UIDs: an empty BODY[]
    // Of slices: so many are sent before the connection ends in the middle of one; once. Or none is.
    std::optional<std::size_t> slices_until_cut;
    bool no_slices = false;
    // Of NOTIFY: events it does not know, and whether it ends the connection instead; tells that it was too much, once.
    std::set<std::string> unknown_events;
    bool dies_of_notify = false;
    bool overflow = false;
    std::size_t notifies = 0;  // NOTIFY SET commands that were obeyed
    std::size_t sessions = 0;  // connections that were made
    std::size_t idling = 0;    // of them, in IDLE now
    std::size_t logouts = 0;   // LOGOUT commands
    bool deaf = false;         // to DONE and LOGOUT
    std::size_t writes = 0;
    std::size_t bodies = 0;       // octets of messages sent, in messages
    std::size_t octets_sent = 0;  // of messages
    std::size_t fetches = 0;      // UID FETCH commands
    std::vector<std::string> examined;
    std::string changes;  // commands that would change something; must stay empty
};

class Origin {
  public:
    Origin();
    ~Origin();
    // Looks at or changes the state on the server's thread; IDLE clients are told of new counts.
    void with(const std::function<void(OriginState&)>& action);
    Account account() const;  // "alice" here

  private:
    struct Session;
    net::awaitable<void> listen();
    static net::awaitable<void> tell(std::shared_ptr<Session> session);
    net::awaitable<void> serve(std::shared_ptr<Session> session);

    net::Runtime runtime_{1};
    boost::asio::any_io_executor executor_;
    std::unique_ptr<net::Listener> listener_;
    OriginState state_;
    std::set<std::shared_ptr<Session>> sessions_;  // shared with their coroutines
};

}  // namespace mailhold::imap::sync
