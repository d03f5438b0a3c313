// One search in three passes over what is still undecided: the mailbox's columns, the index, the
// messages' texts.
#include "indexer/pipeline/searcher.hpp"

#include <optional>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/prepare.hpp"
#include "indexer/pipeline/readers.hpp"
#include "indexer/query/evaluate.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::pipeline {
namespace {

using query::Truth;
using Places = std::vector<std::uint32_t>;

constexpr std::size_t few_messages = 8;  // so few are cheaper to read than to ask the index about

Truth truth(bool value) {
    return value ? Truth::yes : Truth::no;
}

class Search {
  public:
    Search(const store::ArchiveReader& archive, Readers& readers, const query::QueryPtr& query,
           const store::MailboxSnapshot& mailbox, const std::stop_token& stop,
           std::chrono::steady_clock::time_point deadline)
        : archive_(archive),
          readers_(readers),
          evaluator_(query),
          mailbox_(mailbox),
          stop_(stop),
          deadline_(deadline) {}

    ~Search() {
        if (reader_) readers_.give_back(std::move(reader_));
    }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;

    Result<Places> run() {
        Places every(mailbox_.entries.size());
        for (std::uint32_t place = 0; place < every.size(); ++place) every[place] = place;
        auto left = settle(every, [](std::uint32_t, std::size_t) { return Truth::maybe; });
        if (left && !left->empty()) left = ask_index(*left);
        if (left && !left->empty()) left = read_texts(*left);
        if (!left) return std::unexpected(left.error());
        Places matches;
        for (std::uint32_t place = 0; place < mailbox_.entries.size(); ++place) {
            if (matches_[place]) matches.push_back(place);
        }
        return matches;
    }

  private:
    // Decides what `leaf` (asked with place and leaf) suffices for, and returns the places it does
    // not.
    template <class Leaf>
    Result<Places> settle(const Places& places, Leaf&& leaf) {
        matches_.resize(mailbox_.entries.size());
        Places undecided;
        for (const auto place : places) {
            if (auto go = may_go_on(); !go) return std::unexpected(go.error());
            const auto verdict = evaluator_.evaluate(
                subject(place), [&](std::size_t index) { return leaf(place, index); });
            matches_[place] = verdict == Truth::yes;
            if (verdict == Truth::maybe) undecided.push_back(place);
        }
        return undecided;
    }

    Result<Places> ask_index(const Places& places) {
        reader_ = readers_.borrow();
        if (!reader_) return places;
        indexed_ = reader_->through();
        if (places.size() <= few_messages) return places;
        std::vector<std::optional<engine::Candidates>> candidates(evaluator_.leaves().size());
        auto left = settle(places, [&](std::uint32_t place, std::size_t index) {
            return known_to_index(mailbox_.entries[place].message, index, candidates[index]);
        });
        // A snapshot renewed on the way only knows more; an index made anew meanwhile knows less,
        // and may have lied.
        if (reader_ && reader_->through() >= indexed_) return left;
        indexed_ = MessageNumber{0};
        return left ? Result<Places>(places) : left;
    }

    Truth known_to_index(MessageNumber message, std::size_t index,
                         std::optional<engine::Candidates>& candidates) {
        if (!reader_ || message > indexed_) return Truth::maybe;
        const auto& leaf = evaluator_.leaves()[index];
        if (const auto* key = std::get_if<query::TextKey>(&leaf.key)) {
            if (!candidates) {
                auto found = reader_->candidates(*key);
                if (!found) return index_failed(found.error());
                candidates = std::move(*found);
            }
            if (candidates->surely_holds(message)) return Truth::yes;
            return candidates->holds(message) ? Truth::maybe : Truth::no;
        }
        const auto facts = reader_->facts(message);
        if (!facts) return index_failed(facts.error());
        if (std::holds_alternative<query::AttachmentKey>(leaf.key)) return truth(facts->attachment);
        const auto& key = std::get<query::DateKey>(leaf.key);
        return facts->sent ? truth(query::date_matches(key.test, *facts->sent, key.day))
                           : Truth::maybe;
    }

    Truth index_failed(const Error& error) {
        log::warning("search.index", {{"error", error.text}});
        reader_.reset();
        return Truth::maybe;
    }

    Result<Places> read_texts(const Places& places) {
        for (const auto place : places) {
            if (auto go = may_go_on(); !go) return std::unexpected(go.error());
            const auto& entry = mailbox_.entries[place];
            const auto text = text_of(entry.message);
            if (!text) return std::unexpected(text.error());
            const auto verdict = evaluator_.evaluate(subject(place), [&](std::size_t index) {
                return truth(query::leaf_matches(evaluator_.leaves()[index], entry, *text));
            });
            matches_[place] = verdict == Truth::yes;
        }
        return Places{};
    }

    Result<text::SearchText> text_of(MessageNumber message) {
        if (reader_ && message <= indexed_) {
            auto text = reader_->text(message);
            if (text) return text;
            if (text.error().code != Errc::limit)
                log::warning("search.text", {{"error", text.error().text}});
        }
        return search_text(archive_, message);
    }

    query::Subject subject(std::uint32_t place) const {
        const auto& entries = mailbox_.entries;
        return {&entries[place],    &mailbox_.flags_of(entries[place]),
                place + 1,          static_cast<std::uint32_t>(entries.size()),
                entries.back().uid, {}};
    }

    Status may_go_on() const {
        if (stop_.stop_requested()) return fail(Errc::cancelled, "search cancelled");
        if (std::chrono::steady_clock::now() >= deadline_)
            return fail(Errc::timeout, "search took too long");
        return {};
    }

    const store::ArchiveReader& archive_;
    Readers& readers_;
    const query::Evaluator evaluator_;
    const store::MailboxSnapshot& mailbox_;
    const std::stop_token& stop_;
    std::chrono::steady_clock::time_point deadline_;
    std::vector<bool> matches_;  // by place
    std::unique_ptr<engine::IndexReader> reader_;
    MessageNumber indexed_{};  // the index answers for messages up to here
};

}  // namespace

struct Searcher::Parts {
    explicit Parts(const store::ArchiveReader& opened)
        : archive(opened), readers(opened.index_folder()) {}
    const store::ArchiveReader& archive;
    Readers readers;
};

Searcher::Searcher(const store::ArchiveReader& archive)
    : parts_(std::make_unique<Parts>(archive)) {}
Searcher::~Searcher() = default;

Result<std::vector<std::uint32_t>> Searcher::search(
    const query::QueryPtr& query, const store::MailboxSnapshot& mailbox, std::stop_token stop,
    std::chrono::steady_clock::time_point deadline) const {
    return Search(parts_->archive, parts_->readers, query::simplify(query), mailbox, stop, deadline)
        .run();
}

}  // namespace mailhold::indexer::pipeline
