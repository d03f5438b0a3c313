#include "indexer/pipeline/search_run.hpp"

#include <numeric>

#include "indexer/pipeline/prepare.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::pipeline {
namespace {

using query::Truth;

constexpr std::size_t few_messages = 8;    // so few are cheaper to read than to ask the index about
constexpr std::size_t between_looks = 64;  // messages that are decided without their text
constexpr std::uint64_t brief_parse = 1 << 20;  // octets of a message that is parsed in no time

Truth truth(bool value) {
    return value ? Truth::yes : Truth::no;
}

}  // namespace

SearchRun::Parts::Parts(const store::ArchiveReader& archive, Readers& readers,
                        const text::Extractor& extractor, const query::QueryPtr& query,
                        SnapshotPtr mailbox, std::stop_token stop, Budget budget)
    : archive_(archive),
      readers_(readers),
      extractor_(extractor),
      evaluator_(query),
      mailbox_(std::move(mailbox)),
      stop_(std::move(stop)),
      budget_(budget),
      matches_(mailbox_->entries.size()) {
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
    for (std::uint32_t place = 0; place < matches_.size(); ++place) {
        if (matches_[place]) found.push_back(place);
    }
    return found;
}

void SearchRun::Parts::begin_anew() {
    todo_.resize(mailbox_->entries.size());
    std::iota(todo_.begin(), todo_.end(), 0U);
    undecided_.clear();
    next_ = 0;
    decided_ = 0;
    pass_ = todo_.empty() ? Pass::over : Pass::columns;
    candidates_.clear();
    candidates_.resize(evaluator_.leaves().size());
    memory_ = 0;
}

// Every call gets at least one message further, unless it pauses because the turn is too brief.
void SearchRun::Parts::run_pass() {
    if (pass_ != Pass::columns && !have_reader()) return;
    const std::size_t stride = pass_ == Pass::texts ? 1 : between_looks;
    while (next_ < todo_.size()) {
        const auto place = todo_[next_];
        if (pass_ == Pass::texts && !read_text(mailbox_->entries[place])) return;
        const auto verdict = evaluator_.evaluate(
            subject(place), [&](std::size_t index) { return leaf(place, index); });
        if (problem_ || pause_ != Pause::none) return;  // this message is asked about again
        matches_[place] = verdict == Truth::yes;
        if (verdict == Truth::maybe)
            undecided_.push_back(place);
        else
            decided_.fetch_add(1, std::memory_order_relaxed);
        if (++next_ % stride == 0 && !has_time()) return;
    }
    end_pass();
}

void SearchRun::Parts::end_pass() {
    const bool ask_index = pass_ == Pass::columns && use_index_ && undecided_.size() > few_messages;
    pass_ = undecided_.empty() ? Pass::over : ask_index ? Pass::index : Pass::texts;
    todo_ = std::exchange(undecided_, {});
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

Truth SearchRun::Parts::leaf(std::uint32_t place, std::size_t index) {
    if (pass_ == Pass::columns || problem_ || pause_ != Pause::none) return Truth::maybe;
    const auto& entry = mailbox_->entries[place];
    if (pass_ == Pass::index) return known_to_index(entry.message, index);
    if (index % between_looks == between_looks - 1 && !may_go_on()) return Truth::maybe;
    return truth(query::leaf_matches(evaluator_.leaves()[index], entry, text_));
}

Truth SearchRun::Parts::known_to_index(MessageNumber message, std::size_t index) {
    if (!reader_ || message > indexed_) return Truth::maybe;
    const auto& wanted = evaluator_.leaves()[index];
    if (const auto* key = std::get_if<query::TextKey>(&wanted.key)) {
        auto& known = candidates_[index];
        if (!known && !find_candidates(*key, index)) return Truth::maybe;
        if (known->surely_holds(message)) return Truth::yes;
        return known->holds(message) ? Truth::maybe : Truth::no;
    }
    const auto facts = reader_->facts(message);
    if (!facts) {
        log::warning("search.index", {{"error", facts.error().text}});
        distrust_index();
        return Truth::maybe;
    }
    if (const auto* key = std::get_if<query::AttachmentKey>(&wanted.key))
        return truth(key->status ? facts->has(*key->status) : facts->attachment);
    const auto& key = std::get<query::DateKey>(wanted.key);
    return facts->sent ? truth(query::date_matches(key.test, *facts->sent, key.day)) : Truth::maybe;
}

bool SearchRun::Parts::find_candidates(const query::TextKey& key, std::size_t index) {
    if (memory_ >= budget_.memory) {
        candidates_[index].emplace().everything = true;
        return true;
    }
    const auto give_up = [this] {
        return !may_go_on() || (slice_.brief && slice_.is_over(Clock::now()));
    };
    auto found = reader_->candidates(key, give_up);
    if (found) {
        memory_ += (found->members.size() + found->certain.size()) / 8;
        candidates_[index] = std::move(*found);
        return has_time();  // a query may have thousands of keys: what was found is kept
    }
    if (found.error().code == Errc::cancelled) {
        pause_ = Pause::too_heavy;
    } else {
        log::warning("search.index", {{"error", found.error().text}});
        distrust_index();
    }
    return false;
}

// False: not now.
bool SearchRun::Parts::read_text(const store::Entry& entry) {
    if (reader_ && entry.message <= indexed_) {
        auto stored = reader_->text(entry.message);
        if (stored) return text_ = std::move(*stored), true;
        if (stored.error().code != Errc::limit)
            log::warning("search.text", {{"error", stored.error().text}});
    }
    if (slice_.brief && entry.size > brief_parse) return pause_ = Pause::too_heavy, false;
    auto made = search_text(archive_, entry.message, extractor_);
    if (!made) return problem_ = made.error(), false;
    text_ = std::move(*made);
    return true;
}

query::Subject SearchRun::Parts::subject(std::uint32_t place) const {
    const auto& entries = mailbox_->entries;
    return {&entries[place],    &mailbox_->flags_of(entries[place]),
            place + 1,          static_cast<std::uint32_t>(entries.size()),
            entries.back().uid, {}};
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
