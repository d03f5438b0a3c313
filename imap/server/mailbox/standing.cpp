#include "imap/server/mailbox/standing.hpp"

#include <algorithm>
#include <map>

#include "imap/server/mailbox/search_mailbox.hpp"

namespace mailhold::imap::server {

Result<std::vector<StandingIn>> standing(const State& state, const std::vector<Uid>& uids) {
    const auto& selected = *state.selected;
    const auto& mailbox =
        selected.search ? selected.search->searched->mailbox : selected.snapshot->mailbox;
    if (mailbox.id != everything_id) {
        StandingIn all{mailbox, {}};
        for (const auto uid : uids) all.messages.push_back({uid, uid});
        std::ranges::sort(all.messages, {}, &Standing::uid);
        return std::vector{std::move(all)};
    }
    const auto joined =
        state.backend.cache.everything.of(*state.user, state.backend.personal_flags);
    if (!joined) return std::unexpected(joined.error());
    std::map<std::uint32_t, StandingIn> by_source;
    for (const auto uid : uids) {
        const auto& [source, place] = (*joined)->origins.at(number(uid) - 1);
        const auto& origin = *(*joined)->sources[source].mailbox;
        auto& there = by_source[source];
        there.mailbox = origin.mailbox;
        there.messages.push_back({origin.entries[place].uid, uid});
    }
    std::vector<StandingIn> all;
    for (auto& [source, there] : by_source) {
        std::ranges::sort(there.messages, {}, &Standing::uid);
        all.push_back(std::move(there));
    }
    return all;
}

}  // namespace mailhold::imap::server
