// What an origin tells, unasked, of mailboxes that are not selected (NOTIFY, RFC 5465), until somebody looks there.
// Pure. A hint, never a fact: what has changed is found by the visit that follows, and what no hint tells, by polls.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "imap/sync/comparison.hpp"
#include "imap/wire/command.hpp"
#include "imap/wire/response.hpp"

namespace mailhold::imap::sync {

enum class Wish { everything, messages /* the least a server must know */ };
// Changes of the selected mailbox and of all others of the user.
wire::Notify notify_command(Wish wish);

class News {
  public:
    // Of more, or of longer names, a pass or a poll will tell.
    static constexpr std::size_t mailboxes_most = 10'000;
    static constexpr std::size_t name_longest = 4096;
    // Every untagged response of the connection that asked for news.
    void heard(const wire::Response& response);
    bool any() const { return overflow_ || listing_ || !mailboxes_.empty(); }

    // Their STATUS was asked for, and its answer is the last word.
    void looked_at(const std::vector<std::string>& mailboxes);
    // How deep to look where, at least. Forgets them.
    std::map<std::string, Depth> take_mailboxes();
    bool take_listing();  // a mailbox came, went or has another name
    // RFC 5465 5.8: too much to tell; the origin will tell no more until it is asked again.
    bool take_overflow();

  private:
    std::map<std::string, Depth> mailboxes_;
    bool listing_ = false;
    bool overflow_ = false;
};

}  // namespace mailhold::imap::sync
