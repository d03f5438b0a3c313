// What the planner's tests know of a mailbox: messages of ten octets a UID, and as many seconds after 1970.
#pragma once

#include <utility>
#include <vector>

#include "imap/sync/comparison.hpp"

namespace mailhold::imap::sync {

inline std::vector<Uid> uids(std::initializer_list<std::uint32_t> numbers) {
    std::vector<Uid> result;
    for (const auto n : numbers) result.push_back(Uid{n});
    return result;
}
inline std::vector<Uid> from_to(std::uint32_t first, std::uint32_t last) {
    std::vector<Uid> result;
    for (auto uid = first; uid <= last; ++uid) result.push_back(Uid{uid});
    return result;
}

inline store::Standing standing(std::uint32_t uid, std::uint32_t flags) {
    return {Uid{uid}, FlagSetId{flags}, 10ULL * uid, UtcSeconds(std::chrono::seconds(uid))};
}
inline Details details(std::uint32_t uid) {
    return {10ULL * uid, ZonedSeconds{UtcSeconds(std::chrono::seconds(uid)), 0}};
}
inline void list(Comparison& comparison, const std::vector<Uid>& uids) {
    for (const auto uid : uids) comparison.saw_details(uid, details(number(uid)));
}

// UIDs 1, 2 (seen) and 5 are here; the origin's UIDNEXT was 6 and HIGHESTMODSEQ 50.
inline store::GenerationState three_messages() {
    store::GenerationState known;
    known.generation = {"alice", "INBOX", UidValidity{7}};
    known.flag_sets = {{FlagSetId{1}, {}}, {FlagSetId{2}, {"\\Seen"}}};
    known.present = {standing(1, 1), standing(2, 2), standing(5, 1)};
    known.highest_uid = Uid{5};
    known.synced_uidnext = Uid{6};
    known.synced_modseq = ModSeq{50};
    return known;
}
inline store::GenerationState a_hundred_messages() {
    auto known = three_messages();
    known.present.clear();
    for (std::uint32_t uid = 1; uid <= 100; ++uid) known.present.push_back(standing(uid, 1));
    known.highest_uid = Uid{100};
    known.synced_uidnext = Uid{101};
    return known;
}
// As the catalog tells it where no more than so many need be named.
inline store::GenerationState newest_of(store::GenerationState all, std::size_t newest) {
    if (all.present.size() <= newest) return all;
    all.unnamed = all.present.size() - newest;
    all.present.erase(all.present.begin(), all.present.end() - static_cast<std::ptrdiff_t>(newest));
    return all;
}

inline Shown shown(std::uint32_t messages, std::uint32_t uidnext, std::uint64_t modseq) {
    return {UidValidity{7}, Uid{uidnext}, messages, ModSeq{modseq}};
}

// The newest looked at are those from 85 on.
inline Comparison of_a_hundred(Shown what) {
    return Comparison(a_hundred_messages(), what, Depth::quick);
}

}  // namespace mailhold::imap::sync
