// Where messages of the selected mailbox stand: in itself, or, where it is a search or "All mail", in
// those that it is made of.
#pragma once

#include <vector>

#include "imap/server/state.hpp"

namespace mailhold::imap::server {

struct Standing {
    Uid uid{};   // there
    Uid here{};  // in the selected mailbox
};
struct StandingIn {
    store::Mailbox mailbox;
    std::vector<Standing> messages;  // by `uid`
};
// Each message in one of them. Blocking.
Result<std::vector<StandingIn>> standing(const State& state, const std::vector<Uid>& uids);

}  // namespace mailhold::imap::server
