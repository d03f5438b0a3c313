#include "indexer/pipeline/search_run.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "indexer/pipeline/prepare.hpp"

namespace mailhold::indexer::pipeline {
namespace {

constexpr std::size_t few_messages = 8;    // so few are cheaper to read than to ask the index about
constexpr std::size_t between_looks = 64;  // leaves decided by a text
constexpr std::uint64_t brief_parse = 1 << 20;  // octets of a message that is parsed in no time

std::size_t count(const std::vector<query::PlaceSet>& sets) {
    return std::transform_reduce(sets.begin(), sets.end(), std::size_t{0}, std::plus<>(),
                                 [](const auto& set) { return set.count(); });
}

}  // namespace

SearchRun::Parts::Parts(const store::ArchiveReader& archive, Readers& readers, Helpers& helpers,
                        const text::Extractor& extractor, const query::QueryPtr& query,
                        SnapshotPtr mailbox, std::stop_token stop, Budget budget)
    : archive_(archive),
      readers_(readers),
      helpers_(helpers),
      extractor_(extractor),
      evaluator_(query),
      head_parts_(query::head_parts_of(evaluator_.leaves())),
      mailbox_(std::move(mailbox)),
      stop_(std::move(stop)),
      budget_(budget),
      ahead_(helpers) {
    begin_anew();
}

Step SearchRun::Parts::step(const Slice& slice) {
    const auto begin = Clock::now();
    slice_ = slice;
    deadline_ = begin + (budget_.time - used_);
    pause_ = Pause::none;
    while (pass_ != Pass::over && pause_ == Pause::none && may_go_on()) run_pass();
    if (reader_) readers_.give_back(std::move(reader_));
    used_ += Clock::now() - begin;
    if (pass_ == Pass::over || problem_) return Step::done;
    return pause_ == Pause::too_heavy ? Step::heavy : Step::again;
}

Result<Places> SearchRun::Parts::take() const {
    if (problem_) return std::unexpected(*problem_);
    Places found;
    found.reserve(count(matches_));
    for (std::size_t s = 0; s < matches_.size(); ++s) {
        query::each_place(matches_[s], [&](std::size_t i) {
            found.push_back(static_cast<std::uint32_t>(s * query::stretch_places + i));
        });
    }
    return found;
}

void SearchRun::Parts::begin_anew() {
    const auto messages = mailbox_->entries.size();
    undecided_.assign((messages + query::stretch_places - 1) / query::stretch_places,
                      ~query::PlaceSet());
    if (!undecided_.empty())
        undecided_.back() >>= undecided_.size() * query::stretch_places - messages;
    matches_.assign(undecided_.size(), {});
    next_ = 0;
    decided_ = 0;
    pass_ = Pass::columns;
    if (!evaluator_.has_columns()) end_pass();
    candidates_.clear();
    candidates_.resize(evaluator_.leaves().size());
    memory_ = 0;
    ahead_.forget();
}

// Every call gets at least one stretch or message further, unless it pauses because the turn is too
// brief.
void SearchRun::Parts::run_pass() {
    if (pass_ != Pass::columns && !have_reader()) return;
    while (next_ < undecided_.size()) {
        if (undecided_[next_].any() && !(pass_ == Pass::texts ? decide_by_texts() : decide()))
            return;
        ++next_;
        if (!has_time()) return;
    }
    end_pass();
}

// The stretch in work, as far as columns and the index know. False: not now.
bool SearchRun::Parts::decide() {
    auto& open = undecided_[next_];
    const auto decision = evaluator_.evaluate(
        stretch(), open, [this](std::size_t index, const query::PlaceSet& places) {
            return pass_ == Pass::index ? leaf_by_index(index, places)
                                        : query::Decision{{}, places};
        });
    if (problem_ || pause_ != Pause::none) return false;  // this stretch is asked about again
    decided_.fetch_add(open.count() - decision.maybe.count(), std::memory_order_relaxed);
    matches_[next_] |= decision.yes;
    open = decision.maybe;
    return true;
}

// Likewise by its texts, one message after another.
bool SearchRun::Parts::decide_by_texts() {
    auto& open = undecided_[next_];
    const auto here = stretch();
    for (auto place = open._Find_first(); place < open.size(); place = open._Find_next(place)) {
        const auto& entry = here.entries[place];
        if (reader_ && ahead_.is_empty()) ahead_.read(*reader_, next_messages(place), head_parts_);
        if (!read_text(entry)) return false;
        const auto alone = query::PlaceSet().set(place);
        const auto decision = evaluator_.evaluate(
            here, alone, [&](std::size_t index, const query::PlaceSet&) -> query::Decision {
                if (index % between_looks == between_looks - 1 && !may_go_on()) return {{}, alone};
                const auto& leaf = evaluator_.leaves()[index];
                return {query::leaf_matches(leaf, entry, text_) ? alone : query::PlaceSet(), {}};
            });
        if (problem_) return false;
        matches_[next_] |= decision.yes;
        open.reset(place);
        decided_.fetch_add(1, std::memory_order_relaxed);
        if (!has_time()) return false;
    }
    return true;
}

void SearchRun::Parts::end_pass() {
    const auto left = count(undecided_);
    const bool ask_index = pass_ == Pass::columns && use_index_ && left > few_messages;
    pass_ = left == 0 ? Pass::over : ask_index ? Pass::index : Pass::texts;
    next_ = 0;
}

// The newest reader for this step; between two steps it is lent to others. False where the search
// begins anew.
bool SearchRun::Parts::have_reader() {
    if (reader_ || !use_index_) return true;
    reader_ = readers_.borrow();
    const MessageNumber through = reader_ ? reader_->through() : MessageNumber{0};
    // A renewed snapshot only knows more. An index made anew meanwhile knows less, and the old one
    // may have lied.
    if (through < indexed_) return distrust_index(), false;
    if (indexed_ == MessageNumber{0}) indexed_ = through;
    use_index_ = reader_ != nullptr;
    return true;
}

// Everything once more, from the texts alone.
void SearchRun::Parts::distrust_index() {
    use_index_ = false;
    indexed_ = MessageNumber{0};
    reader_.reset();
    begin_anew();
    pause_ = Pause::turn_over;
}

query::Decision SearchRun::Parts::leaf_by_index(std::size_t index, const query::PlaceSet& places) {
    const query::Decision unknown{{}, places};
    if (!reader_ || problem_ || pause_ != Pause::none) return unknown;
    const auto& leaf = evaluator_.leaves()[index];
    const auto* key = std::get_if<query::TextKey>(&leaf.key);
    if (key == nullptr) return by_facts(leaf, places);
    auto& known = candidates_[index];
    if (!known && !find_candidates(*key, index)) return unknown;
    return by_candidates(*known, places);
}

// A million messages are asked about for every key: 64 at a time.
query::Decision SearchRun::Parts::by_candidates(const engine::Candidates& known,
                                                const query::PlaceSet& places) {
    constexpr std::size_t block = 64;
    query::Decision decision;
    const auto entries = stretch().entries;
    for (std::size_t begin = 0; begin < entries.size(); begin += block) {
        const auto wanted = (places >> begin & query::PlaceSet(~std::uint64_t{0})).to_ullong();
        if (wanted == 0) continue;
        const auto here = entries.subspan(begin, std::min(block, entries.size() - begin));
        std::uint64_t yes = 0, maybe = 0;
        for (std::size_t i = 0; i < here.size(); ++i) {
            const auto message = here[i].message;
            const bool late = message > indexed_;
            yes |= std::uint64_t{!late && known.surely_holds(message)} << i;
            maybe |= std::uint64_t{late || known.holds(message)} << i;
        }
        decision.yes |= query::PlaceSet(wanted & yes) << begin;
        decision.maybe |= query::PlaceSet(wanted & maybe & ~yes) << begin;
    }
    return decision;
}

query::Decision SearchRun::Parts::by_facts(const query::Leaf& leaf, const query::PlaceSet& places) {
    query::Decision decision;
    const auto* const first = &mailbox_->entries[next_ * query::stretch_places];
    query::each_place(places, [&](std::size_t place) {
        if (!reader_ || first[place].message > indexed_) return void(decision.maybe.set(place));
        const auto facts = reader_->facts(first[place].message);
        if (!facts) {
            readers_.note_failure(*reader_, facts.error());
            return distrust_index();
        }
        if (const auto* key = std::get_if<query::AttachmentKey>(&leaf.key)) {
            decision.yes[place] = key->status ? facts->has(*key->status) : facts->attachment;
        } else if (const auto& date = std::get<query::DateKey>(leaf.key); facts->sent) {
            decision.yes[place] = query::date_matches(date.test, *facts->sent, date.day);
        } else {
            decision.maybe.set(place);
        }
    });
    return decision;
}

bool SearchRun::Parts::find_candidates(const query::TextKey& key, std::size_t index) {
    if (memory_ >= budget_.memory) {
        candidates_[index].emplace();
        return true;
    }
    const auto give_up = [this] {
        const auto now = Clock::now();
        return stop_.stop_requested() || now >= deadline_ || (slice_.brief && slice_.is_over(now));
    };
    const auto in_shares = [this](std::size_t count, const auto& job) {
        helpers_.share(*reader_, count, job);
    };
    auto found = reader_->candidates(key, give_up, in_shares);
    if (found) {
        memory_ += found->octets();
        candidates_[index] = std::move(*found);
        return has_time();  // a query may have thousands of keys: what was found is kept
    }
    if (found.error().code == Errc::cancelled) {
        if (may_go_on()) pause_ = Pause::too_heavy;
    } else {
        readers_.note_failure(*reader_, found.error());
        distrust_index();
    }
    return false;
}

// False: not now.
bool SearchRun::Parts::read_text(const store::Entry& entry) {
    if (reader_ && entry.message <= indexed_) {
        if (auto known = ahead_.take(entry.message)) return text_ = std::move(*known), true;
        auto stored = reader_->text(entry.message, head_parts_);
        if (stored) return text_ = std::move(*stored), true;
        if (stored.error().code != Errc::limit) readers_.note_failure(*reader_, stored.error());
    }
    if (slice_.brief && entry.size > brief_parse) return pause_ = Pause::too_heavy, false;
    auto made = search_text(archive_, entry.message, extractor_);
    if (!made) return problem_ = made.error(), false;
    text_ = std::move(*made);
    return true;
}

std::vector<MessageNumber> SearchRun::Parts::next_messages(std::size_t place) const {
    std::vector<MessageNumber> messages;
    std::uint64_t octets = 0;
    for (auto s = next_; s < undecided_.size(); ++s, place = 0) {
        const auto* const first = &mailbox_->entries[s * query::stretch_places];
        const auto& open = undecided_[s];
        for (auto i = open[place] ? place : open._Find_next(place); i < open.size();
             i = open._Find_next(i)) {
            octets += first[i].size;
            if (messages.size() == ReadAhead::most_messages || octets > ReadAhead::most_octets)
                return messages;
            if (first[i].message <= indexed_) messages.push_back(first[i].message);
        }
    }
    return messages;
}

query::Stretch SearchRun::Parts::stretch() const {
    const std::span entries(mailbox_->entries);
    const auto first = next_ * query::stretch_places;
    return {entries.subspan(first, std::min(query::stretch_places, entries.size() - first)),
            static_cast<std::uint32_t>(first + 1), static_cast<std::uint32_t>(entries.size()),
            entries.back().uid,
            [this](const store::Entry& entry) -> const auto& { return mailbox_->flags_of(entry); }};
}

bool SearchRun::Parts::may_go_on() {
    if (stop_.stop_requested())
        problem_ = Error{Errc::cancelled, "search cancelled"};
    else if (Clock::now() >= deadline_)
        problem_ = Error{Errc::timeout, "search took too long"};
    return !problem_;
}

bool SearchRun::Parts::has_time() {
    if (may_go_on() && slice_.is_over(Clock::now())) pause_ = Pause::turn_over;
    return !problem_ && pause_ == Pause::none;
}

}  // namespace mailhold::indexer::pipeline
