// Comparison: what to ask, and what follows from the answers.
#include "imap/sync/comparison.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <utility>

namespace mailhold::imap::sync {
namespace {

using Listing = Question::Listing;

// What is told of a message more often than this is no answer.
constexpr std::uint64_t repeated = 4, besides = 10'000;

void sort_unique(std::vector<Uid>& uids) {
    std::ranges::sort(uids);
    const auto rest = std::ranges::unique(uids);
    uids.erase(rest.begin(), rest.end());
}

std::size_t known_messages(const store::GenerationState& known) {
    return known.present.size() + known.unnamed + known.quarantined.size();
}

bool synced_before(const store::GenerationState& known) {
    return known.synced_uidnext != Uid{};
}

}  // namespace

bool unchanged(const store::GenerationState& known, const Shown& shown, Depth depth) {
    if (!synced_before(known) || shown.uidvalidity != known.generation.uidvalidity) return false;
    if (shown.uidnext != known.synced_uidnext || shown.messages != known_messages(known))
        return false;
    if (!known.awaited.empty() || depth == Depth::whole) return false;
    if (depth >= Depth::thorough && !known.quarantined.empty()) return false;
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

std::vector<std::string> normal_labels(std::vector<std::string> labels) {
    std::ranges::sort(labels);
    const auto rest = std::ranges::unique(labels);
    labels.erase(rest.begin(), rest.end());
    return labels;
}

std::size_t octets_in(const std::vector<std::string>& words) {
    std::size_t octets = 0;
    for (const auto& word : words) octets += sizeof(word) + word.size();
    return octets;
}

Comparison::Comparison(store::GenerationState known, Shown shown, Depth depth)
    : shown_(shown), depth_(depth) {
    know(std::move(known));
    // RFC 3501 2.3.1.1 and RFC 7162 3.1.1 let neither number shrink under one UIDVALIDITY.
    doubted_ = synced_before(known_) &&
               ((shown_.uidnext && *shown_.uidnext < known_.synced_uidnext) ||
                (shown_.modseq != ModSeq{} && shown_.modseq < known_.synced_modseq));
}

void Comparison::know(store::GenerationState known) {
    known_ = std::move(known);
    sort_unique(known_.quarantined);
}

void Comparison::learn(store::GenerationState all) {
    know(std::move(all));
    for (const auto& answer : std::exchange(held_back_, {})) answer(*this);
}

// Whether a message that stands could have this UID, and not be named.
bool Comparison::is_unnamed(Uid uid) const {
    return known_.unnamed > 0 && (known_.present.empty() || uid < known_.present.front().uid);
}

// Messages that are only counted must all lie below what is listed, and below those that can vouch for them.
bool Comparison::needs_all_for(const Question& question) const {
    if (question.listing == Listing::nothing || known_.unnamed == 0) return false;
    return known_.present.empty() || question.from <= known_.present.front().uid;
}

// Too many are as good as lost.
void Comparison::hold_back(std::size_t octets, std::function<void(Comparison&)> answer) {
    flag_octets_ += octets;
    if (held_back_.size() < held_back_most)
        held_back_.push_back(std::move(answer));
    else
        lost_ = true;
}

Question Comparison::first_question() const {
    const Question everything{.listing = Listing::details};
    if (depth_ == Depth::whole) return {.listing = Listing::uids};
    if (!synced_before(known_)) {
        // After a pass that never came to its end, holes are to be expected, and other flags.
        const bool first = known_.present.empty() && known_.quarantined.empty();
        return first ? Question{.listing = Listing::uids} : everything;
    }
    if (doubted_ || !known_.awaited.empty()) return everything;
    // Without CONDSTORE, then or now, changes of flags cannot be told from those known.
    const bool condstore = shown_.modseq != ModSeq{} && known_.synced_modseq != ModSeq{};
    if (!condstore && (depth_ >= Depth::thorough || shown_.modseq != ModSeq{})) return everything;

    const bool same_messages =
        shown_.uidnext == known_.synced_uidnext && shown_.messages == known_messages(known_);
    const bool same_flags = !condstore || shown_.modseq == known_.synced_modseq;
    if (same_messages && same_flags) return {};
    Question question{.listing = Listing::details, .from = newest_known()};
    if (!same_flags && shown_.messages > 0) question.changed_since = known_.synced_modseq;
    return question;
}

// The first of the newest messages known; also not above what a pass that was cut short may have
// left out.
Uid Comparison::newest_known() const {
    const auto count = known_.present.size();
    if (count <= newest) return Uid{1};  // where others are not named, all will be
    return std::min(known_.present[count - newest].uid, known_.synced_uidnext);
}

std::optional<Question> Comparison::next_question(std::uint32_t messages) {
    const Question everything{.listing = Listing::details};
    const Question of_archive{.listing = Listing::archive};
    if (wants_to_learn()) return of_archive;
    if (messages == 0) {  // some servers refuse to list nothing
        if (needs_all_for(everything)) return of_archive;
        asked_ = everything;
        listed_.clear();
        return std::nullopt;
    }
    if (!asked_) {
        const auto first = first_question();
        if (needs_all_for(first)) return of_archive;
        asked_ = first;
        if (*asked_ == Question{}) return std::nullopt;
        return asked_;
    }
    const auto listing = asked_->listing;
    if (listing == Listing::nothing || asked_ == everything) return std::nullopt;
    if (depth_ == Depth::whole) {
        if (auto next = next_chunk()) return next;
        if (adds_up(messages) && !lost_) return std::nullopt;
        asked_ = everything;
        listed_.clear();
        searched_ = 0;
        return asked_;
    }
    const bool agrees = adds_up(messages);
    const bool sure = !lost_ && replaced_.empty() && anchored();
    const bool of_all = listing == Listing::details && asked_->from == Uid{1};
    if (agrees && (sure || of_all)) return std::nullopt;
    const auto surer = sure && listing == Listing::details && !of_all
                           ? Question{.listing = Listing::uids}
                           : everything;
    if (needs_all_for(surer)) return of_archive;
    asked_ = surer;
    listed_.clear();
    return asked_;
}

// The details of what was listed, some at a time; with the last of them also of what came since.
std::optional<Question> Comparison::next_chunk() {
    if (searched_ == 0) {
        sort_unique(listed_);
        searched_ = listed_.size();
    }
    if (compared_ >= searched_) return std::nullopt;
    const auto first = listed_[compared_];
    compared_ = std::min(compared_ + chunk, searched_);
    const bool last = compared_ == searched_;
    return Question{.listing = Listing::details,
                    .from = first,
                    .to = last ? Question::star : listed_[compared_ - 1]};
}

// Whether one of the newest messages known was seen as it is known, so that no UID below has
// changed hands.
bool Comparison::anchored() const {
    return same_seen_ || (known_.present.empty() && known_.unnamed == 0);
}

// Of those named.
std::vector<Uid> Comparison::held() const {
    std::vector<Uid> present;
    present.reserve(known_.present.size());
    for (const auto& one : known_.present) present.push_back(one.uid);
    std::vector<Uid> held;
    std::ranges::set_union(present, known_.quarantined, std::back_inserter(held));
    return held;
}

bool Comparison::adds_up(std::uint32_t messages) {
    sort_unique(listed_);
    if (asked_->listing == Listing::nothing) return true;
    // A listing is exhaustive from its first UID on; below it stands what stood, but for VANISHED.
    const auto below = std::ranges::count_if(
        held(), [this](Uid uid) { return uid < asked_->from && !vanished_.contains(uid); });
    return known_.unnamed + static_cast<std::size_t>(below) + listed_.size() == messages;
}

bool Comparison::over_limit(std::uint32_t messages) const {
    const auto most = std::min<std::uint64_t>(uid_limit, messages * repeated + besides);
    return listed_.size() > most || flag_octets_ > flag_octets_most ||
           vanished_told_ > vanished_most();
}

std::uint64_t Comparison::vanished_most() const {
    return known_messages(known_) * repeated + besides;
}

void Comparison::saw_uid(Uid uid) {
    // RFC 3501 9: n:* always names the last message, whether or not it is as new as n.
    if (uid == Uid{} || listed_.size() > uid_limit || !asked_ ||
        asked_->listing == Listing::nothing)
        return;
    const auto searched = listed_.begin() + static_cast<std::ptrdiff_t>(searched_);
    if (uid >= asked_->from && !std::binary_search(listed_.begin(), searched, uid))
        listed_.push_back(uid);
}

void Comparison::saw_flags(Uid uid, std::vector<std::string> flags, ModSeq modseq) {
    if (is_unnamed(uid)) {
        const auto octets = octets_in(flags);
        return hold_back(octets, [=](Comparison& self) { self.saw_flags(uid, flags, modseq); });
    }
    const auto* one = standing(uid);
    const auto before = one == nullptr ? known_.flag_sets.end() : known_.flag_sets.find(one->flags);
    if (before == known_.flag_sets.end()) return;  // it will be fetched with its flags
    auto now = normal_flags(std::move(flags));
    if (now == before->second) {
        changes_.erase(uid);
    } else {
        flag_octets_ += octets_in(now);
        changes_[uid] = {uid, std::move(now), modseq};
    }
}

// Of a message that is known; with any other they come with it.
void Comparison::saw_labels(Uid uid, wire::GmailData told) {
    if (is_unnamed(uid)) {
        const auto octets = told.labels ? octets_in(*told.labels) : 0;
        return hold_back(octets, [=](Comparison& self) { self.saw_labels(uid, told); });
    }
    const auto* one = standing(uid);
    if (one == nullptr || !told.labels || told.message_id == 0) return;
    told.labels = normal_labels(std::move(*told.labels));
    const auto before = known_.label_sets.find(one->labels);
    if (before != known_.label_sets.end() && before->second == *told.labels) {
        label_changes_.erase(uid);
    } else {
        flag_octets_ += octets_in(*told.labels);
        label_changes_[uid] = std::move(told);
    }
}

void Comparison::saw_details(Uid uid, const Details& details) {
    if (!details.size) return;  // an answer that nobody asked for
    if (is_unnamed(uid))
        return hold_back(0, [=](Comparison& self) { self.saw_details(uid, details); });
    saw_uid(uid);
    const auto* one = standing(uid);
    if (one != nullptr) {
        if (details.size == one->size && (!details.date || details.date->utc == one->date)) {
            same_seen_ = same_seen_ || vouches(*one);
            return;
        }
        replaced_.insert(uid);
    }
    if (details_.size() < details_most || details_.contains(uid)) details_[uid] = details;
}

// One of the newest, or the next below them, which n:* names where those are gone.
bool Comparison::vouches(const store::Standing& one) const {
    const auto first =
        std::ranges::lower_bound(known_.present, newest_known(), {}, &store::Standing::uid);
    return &one - known_.present.data() + 1 >= first - known_.present.begin();
}

void Comparison::saw_vanished(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& uids) {
    if (std::ranges::any_of(uids, [this](const auto& r) { return is_unnamed(Uid{r.first}); }))
        return hold_back(uids.size() * sizeof(uids.front()),
                         [=](Comparison& self) { self.saw_vanished(uids); });
    const auto insert = [this](const auto& all, Uid first, Uid last, auto uid_of) {
        auto one = std::ranges::lower_bound(all, first, {}, uid_of);
        for (; one != all.end() && std::invoke(uid_of, *one) <= last; ++one) {
            vanished_.insert(std::invoke(uid_of, *one));
            ++vanished_told_;
        }
    };
    for (const auto& [first, last] : uids) {
        if (vanished_told_ > vanished_most()) return;
        insert(known_.present, Uid{first}, Uid{last}, &store::Standing::uid);
        insert(known_.quarantined, Uid{first}, Uid{last}, std::identity{});
    }
}

const store::Standing* Comparison::standing(Uid uid) const {
    const auto found = std::ranges::lower_bound(known_.present, uid, {}, &store::Standing::uid);
    return found == known_.present.end() || found->uid != uid ? nullptr : &*found;
}

std::vector<FlagChange> Comparison::changes() const {
    std::vector<FlagChange> changes;
    changes.reserve(changes_.size());
    for (const auto& [uid, change] : changes_) changes.push_back(change);
    return changes;
}

std::vector<LabelChange> Comparison::label_changes() const {
    std::vector<LabelChange> changes;
    changes.reserve(label_changes_.size());
    for (const auto& [uid, now] : label_changes_) changes.push_back({uid, now});
    return changes;
}

Details Comparison::details_of(Uid uid) const {
    const auto found = details_.find(uid);
    return found == details_.end() ? Details{} : found->second;
}

Uid Comparison::uidnext() const {
    if (shown_.uidnext) return *shown_.uidnext;
    const auto listed = std::ranges::max_element(listed_);
    const auto highest =
        listed == listed_.end() ? known_.highest_uid : std::max(known_.highest_uid, *listed);
    return Uid{number(highest) + 1};
}

Plan Comparison::plan(std::uint32_t messages) {
    Plan plan;
    plan.complete = !asked_ || adds_up(messages);
    // Whoever restored a backup gave all later UIDs to others: where one is found, all above are in
    // doubt, and are awaited until they have come, however often the line is cut.
    const auto doubtful_from = doubted_                                       ? Uid{1}
                               : depth_ == Depth::whole && !replaced_.empty() ? *replaced_.begin()
                                                                              : Question::star;
    for (const auto uid : listed_) {
        if (std::ranges::binary_search(known_.quarantined, uid)) continue;
        const bool known = standing(uid) != nullptr;
        const bool replaced = replaced_.contains(uid);
        const bool awaited = std::ranges::binary_search(known_.awaited, uid);
        if (known && !replaced && !awaited && uid < doubtful_from) continue;
        plan.fetch.push_back(uid);
        if (known) (replaced ? plan.replaced : plan.checked).push_back(uid);
    }
    const bool listing = asked_ && asked_->listing != Listing::nothing;
    const auto gone = [&](Uid uid) {
        if (!listing) return false;
        return uid < asked_->from ? vanished_.contains(uid)
                                  : !std::ranges::binary_search(listed_, uid);
    };
    if (plan.complete) {
        std::vector<Uid> expected;  // what was shown and never had can be gone too
        std::ranges::set_union(held(), known_.awaited, std::back_inserter(expected));
        std::ranges::copy_if(expected, std::back_inserter(plan.vanished), gone);
    }
    if (depth_ >= Depth::thorough) {
        std::ranges::copy_if(known_.quarantined, std::back_inserter(plan.doubtful),
                             [&](Uid uid) { return !gone(uid); });
    }
    return plan;
}

}  // namespace mailhold::imap::sync
