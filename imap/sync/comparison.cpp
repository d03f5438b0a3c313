// Comparison: what to ask, and what follows from the answers.
#include "imap/sync/comparison.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace mailhold::imap::sync {
namespace {

using Listing = Question::Listing;

void sort_unique(std::vector<Uid>& uids) {
    std::ranges::sort(uids);
    const auto rest = std::ranges::unique(uids);
    uids.erase(rest.begin(), rest.end());
}

std::size_t known_messages(const store::GenerationState& known) {
    return known.present.size() + known.quarantined.size();
}

bool synced_before(const store::GenerationState& known) {
    return known.synced_uidnext != Uid{};
}

}  // namespace

bool unchanged(const store::GenerationState& known, const Shown& shown, Depth depth) {
    if (!synced_before(known) || shown.uidvalidity != known.generation.uidvalidity) return false;
    if (shown.uidnext != known.synced_uidnext || shown.messages != known_messages(known))
        return false;
    if (depth == Depth::thorough && !known.quarantined.empty()) return false;
    // Without CONDSTORE a change of flags leaves no trace in what is shown.
    if (shown.modseq == ModSeq{}) return depth == Depth::quick;
    return shown.modseq == known.synced_modseq;
}

std::uint64_t missing_estimate(const store::GenerationState& known, const Shown& shown) {
    if (shown.uidvalidity != known.generation.uidvalidity) return shown.messages;
    const auto here = known_messages(known);
    const auto fewer = shown.messages > here ? shown.messages - here : 0;
    // UIDNEXT can have grown by no less than what came; where as many went, the counts alone would
    // hide it.
    const bool grown =
        synced_before(known) && shown.uidnext && *shown.uidnext > known.synced_uidnext;
    return std::max<std::uint64_t>(fewer, grown && shown.messages > 0 ? 1 : 0);
}

store::FlagSet normal_flags(std::vector<std::string> flags) {
    static const std::map<std::string, std::string> system{
        {"\\answered", "\\Answered"}, {"\\flagged", "\\Flagged"}, {"\\deleted", "\\Deleted"},
        {"\\seen", "\\Seen"},         {"\\draft", "\\Draft"},     {"\\recent", ""}};
    for (auto& flag : flags) {
        if (!flag.starts_with('\\')) continue;
        std::string lower = flag;
        std::ranges::transform(lower, lower.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto found = system.find(lower);
        if (found != system.end()) flag = found->second;
    }
    std::erase(flags, "");
    std::ranges::sort(flags);
    const auto rest = std::ranges::unique(flags);
    flags.erase(rest.begin(), rest.end());
    return flags;
}

Comparison::Comparison(store::GenerationState known, Shown shown, Depth depth)
    : known_(std::move(known)), shown_(shown), depth_(depth) {}

Question Comparison::first_question() const {
    if (known_.present.empty() && known_.quarantined.empty() && !synced_before(known_))
        return {.listing = Listing::all};
    // A pass that never came to its end: what is here may have changed since, and holes are to be
    // expected.
    if (!synced_before(known_)) return {.listing = Listing::flags};
    // RFC 3501 2.3.1.1 lets neither number shrink; where one does, nothing the archive knows is
    // believed.
    const bool shrunk = (shown_.uidnext && *shown_.uidnext < known_.synced_uidnext) ||
                        (shown_.modseq != ModSeq{} && shown_.modseq < known_.synced_modseq);
    if (shrunk) return {.listing = Listing::flags};

    const bool condstore = shown_.modseq != ModSeq{} && known_.synced_modseq != ModSeq{};
    if (depth_ == Depth::thorough && !condstore) return {.listing = Listing::flags};
    Question question;
    if (condstore && shown_.modseq != known_.synced_modseq && shown_.messages > 0) {
        question.changed_since = known_.synced_modseq;
    }
    const bool same_messages =
        shown_.uidnext == known_.synced_uidnext && shown_.messages == known_messages(known_);
    if (same_messages) return question;
    question.listing = Listing::newer;
    question.from = std::max(known_.synced_uidnext, Uid{number(known_.highest_uid) + 1});
    return question;
}

std::optional<Question> Comparison::next_question(std::uint32_t messages) {
    if (!asked_) {
        asked_ = first_question();
        if (*asked_ == Question{}) return std::nullopt;
        return asked_;
    }
    if (adds_up(messages) || asked_->listing == Listing::flags) return std::nullopt;
    const bool searched_all = asked_->listing == Listing::all;
    asked_ = Question{.listing = searched_all ? Listing::flags : Listing::all};
    listed_.clear();
    return asked_;
}

bool Comparison::adds_up(std::uint32_t messages) {
    sort_unique(listed_);
    switch (asked_->listing) {
        case Listing::nothing:
            return true;
        case Listing::newer:
            return known_messages(known_) + listed_.size() == messages;
        case Listing::all:
        case Listing::flags:
            return listed_.size() == messages;
    }
    return true;
}

void Comparison::saw_uid(Uid uid) {
    if (uid == Uid{} || over_limit()) return;
    // RFC 3501 9: n:* always names the last message, whether or not it is as new as n.
    if (asked_ && asked_->listing == Listing::newer && uid < asked_->from) return;
    if (asked_ && asked_->listing == Listing::nothing) return;
    listed_.push_back(uid);
}

void Comparison::saw_flags(Uid uid, std::vector<std::string> flags, ModSeq modseq) {
    if (asked_ && asked_->listing == Listing::flags) saw_uid(uid);
    const auto* before = flags_of(uid);
    if (before == nullptr) return;  // it will be fetched with its flags
    auto now = normal_flags(std::move(flags));
    if (now == *before) {
        changes_.erase(uid);
    } else {
        changes_[uid] = {uid, std::move(now), modseq};
    }
}

const store::FlagSet* Comparison::flags_of(Uid uid) const {
    const auto found =
        std::ranges::lower_bound(known_.present, uid, {}, &std::pair<Uid, FlagSetId>::first);
    if (found == known_.present.end() || found->first != uid) return nullptr;
    const auto set = known_.flag_sets.find(found->second);
    return set == known_.flag_sets.end() ? nullptr : &set->second;
}

std::vector<FlagChange> Comparison::changes() const {
    std::vector<FlagChange> changes;
    changes.reserve(changes_.size());
    for (const auto& [uid, change] : changes_) changes.push_back(change);
    return changes;
}

Uid Comparison::highest_uid() const {
    const auto listed = std::ranges::max_element(listed_);
    return listed == listed_.end() ? known_.highest_uid : std::max(known_.highest_uid, *listed);
}

Plan Comparison::plan(std::uint32_t messages) {
    Plan plan;
    plan.complete = !asked_ || adds_up(messages);

    std::vector<Uid> present;
    present.reserve(known_.present.size());
    for (const auto& [uid, flags] : known_.present) present.push_back(uid);
    sort_unique(known_.quarantined);
    std::ranges::set_difference(listed_, present, std::back_inserter(plan.fetch));

    const bool listed_all =
        asked_ && (asked_->listing == Listing::all || asked_->listing == Listing::flags);
    std::vector<Uid> quarantined = known_.quarantined;
    if (listed_all) {
        if (plan.complete) {
            std::vector<Uid> held;
            std::ranges::set_union(present, known_.quarantined, std::back_inserter(held));
            std::ranges::set_difference(held, listed_, std::back_inserter(plan.vanished));
        }
        quarantined.clear();
        std::ranges::set_intersection(known_.quarantined, listed_, std::back_inserter(quarantined));
    }
    std::erase_if(plan.fetch,
                  [&](Uid uid) { return std::ranges::binary_search(known_.quarantined, uid); });
    if (depth_ == Depth::thorough) plan.doubtful = std::move(quarantined);
    return plan;
}

}  // namespace mailhold::imap::sync
