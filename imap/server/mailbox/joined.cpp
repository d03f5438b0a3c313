#include "imap/server/mailbox/joined.hpp"

#include <algorithm>
#include <tuple>

namespace mailhold::imap::server {
namespace {

// What came to the sources by then, in the order of its coming. Counts it as taken.
std::vector<Joined::Origin> coming(std::vector<Joined::Source>& sources, ModSeq until) {
    struct Came {
        ModSeq when{};
        Joined::Origin origin;
        auto key() const { return std::tuple(when, origin.source, origin.place); }
    };
    std::vector<Came> all;
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
        auto& [mailbox, came, taken] = sources[i];
        for (const ModSeq when : came) {
            if (when > until) break;
            all.push_back({when, {i, static_cast<std::uint32_t>(taken++)}});
        }
        came.clear();
    }
    std::ranges::sort(all, {}, &Came::key);
    std::vector<Joined::Origin> origins;
    for (const auto& one : all) origins.push_back(one.origin);
    return origins;
}

// The entries as their sources have them now, and what is counted of them.
void show(Joined& joined, ModSeq until) {
    auto& view = joined.view;
    for (const auto& source : joined.sources)
        view.flag_sets.insert(source.mailbox->flag_sets.begin(), source.mailbox->flag_sets.end());
    std::vector<FlagSetId> seen;
    for (const auto& [id, flags] : view.flag_sets) {
        if (std::ranges::find(flags, "\\Seen") != flags.end()) seen.push_back(id);
    }
    auto& counters = view.mailbox;
    counters.highest_modseq = ModSeq{1};
    view.entries.reserve(joined.origins.size());
    for (const auto& [source, place] : joined.origins) {
        auto& entry = view.entries.emplace_back(joined.sources[source].mailbox->entries[place]);
        entry.uid = static_cast<Uid>(view.entries.size());
        counters.octets += entry.size;
        if (!std::ranges::binary_search(seen, entry.flags)) ++counters.unseen;
        counters.highest_modseq = std::max(counters.highest_modseq, entry.modseq);
    }
    // A change after that may be one of several, and the others not be here yet.
    counters.highest_modseq = std::min(counters.highest_modseq, until);
    counters.messages = static_cast<std::uint32_t>(view.entries.size());
    counters.uidnext = static_cast<Uid>(view.entries.size() + 1);
}

}  // namespace

std::shared_ptr<const Joined> join(const Joined* before, std::vector<Joined::Source> sources,
                                   ModSeq until, store::Mailbox view) {
    auto joined = std::make_shared<Joined>();
    if (before) {
        joined->origins = before->origins;
        joined->has = before->has;
        for (std::size_t i = 0; i < sources.size(); ++i)
            sources[i].taken = before->sources[i].taken;
    }
    joined->sources = std::move(sources);
    joined->view.mailbox = std::move(view);
    for (const auto& origin : coming(joined->sources, until)) {
        const auto& entry = joined->sources[origin.source].mailbox->entries[origin.place];
        const std::size_t message = number(entry.message);
        if (message >= joined->has.size()) joined->has.resize(message + 1 + message / 8);
        if (joined->has[message]) continue;
        joined->has[message] = true;
        joined->origins.push_back(origin);
    }
    show(*joined, until);
    return joined;
}

}  // namespace mailhold::imap::server
