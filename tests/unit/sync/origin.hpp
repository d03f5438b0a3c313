// A small IMAP server on loopback for tests of the mirror: mailboxes of values, and the troubles a
// test wants.
#pragma once

#include <functional>
#include <map>
#include <memory>
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
};
struct OriginMailbox {
    std::uint32_t uidvalidity = 1;
    std::uint32_t uidnext = 1;
    std::map<std::uint32_t, OriginMessage> messages;
    std::uint32_t add(std::string octets) {
        messages[uidnext] = {std::move(octets), {}};
        return uidnext++;
    }
};
// What the test arranges and what it may look at afterwards.
struct OriginState {
    std::map<std::string, OriginMailbox> mailboxes;  // by the octets of their names
    std::string capabilities = "IMAP4rev1 LITERAL+ IDLE ESEARCH UNSELECT";
    std::size_t cut_at = 0;  // ends the connection instead of this write, counted from 1; once
    std::set<std::uint32_t> nil, refused, poison;  // UIDs: BODY[] NIL; NO; the connection ends
    std::function<void(OriginState&)> on_fetch;    // before a UID FETCH with octets is answered
    std::string listed_badly;                      // one more line of LIST
    std::size_t writes = 0;
    std::size_t bodies = 0;   // octets of messages sent, in messages
    std::size_t fetches = 0;  // UID FETCH commands
    std::string changes;      // commands that would change something; must stay empty
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
