// The reading side: one Database a shard, its lexicon and its columns beside it, all of one
// snapshot. A snapshot that the writer has overtaken is taken anew and the question asked again.
#include <algorithm>
#include <charconv>

#include "indexer/engine/compression.hpp"
#include "indexer/engine/document.hpp"
#include "indexer/engine/index.hpp"
#include "indexer/engine/planner.hpp"
#include "indexer/engine/xapian_wall.hpp"
#include "indexer/text/fold.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr int most_retries = 5;  // a writer that commits this often during one question is not ours

class ShardReader {
  public:
    explicit ShardReader(const std::filesystem::path& folder) : database_(folder.string()) {
        if (database_.get_metadata(format_key) != format) {
            throw Xapian::DatabaseVersionError("an index of another format");
        }
        shards_ = number_in(shards_key);
        through_ = number_in(position_key);
    }

    void reopen() {
        const auto uuid = database_.get_uuid();
        if (!database_.reopen()) return;
        if (database_.get_uuid() != uuid)
            throw Xapian::DatabaseOpeningError("the index was made anew");
        through_ = number_in(position_key);
    }

    std::uint32_t shards() const { return shards_; }
    std::uint32_t through() const { return through_; }
    const Xapian::Database& database() const { return database_; }

    // Chunks only grow, and only the last one does.
    const Lexicon& lexicon() {
        for (;; ++chunk_, consumed_ = 0) {
            const auto text = database_.get_metadata(lexicon_key(chunk_));
            lexicon_.add(std::string_view(text).substr(std::min(consumed_, text.size())));
            consumed_ = text.size();
            if (database_.get_metadata(lexicon_key(chunk_ + 1)).empty()) return lexicon_;
        }
    }

    Facts facts(Xapian::docid docid) {
        if (docid > facts_.size()) {
            auto at = database_.valuestream_begin(facts_slot);
            for (at.skip_to(static_cast<Xapian::docid>(facts_.size()) + 1);
                 at != database_.valuestream_end(facts_slot); ++at) {
                if (number_of(at.get_docid(), 0, shards_) > through_) break;
                facts_.resize(at.get_docid());
                facts_.back() = decode_facts(*at);
            }
            facts_.resize(std::max<std::size_t>(facts_.size(), docid));
        }
        return facts_[docid - 1];
    }

  private:
    std::uint32_t number_in(const char* key) const {
        const auto text = database_.get_metadata(key);
        std::uint32_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

    Xapian::Database database_;
    std::uint32_t shards_ = 0;
    std::uint32_t through_ = 0;
    Lexicon lexicon_;
    std::uint32_t chunk_ = 0;
    std::size_t consumed_ = 0;
    std::vector<Facts> facts_;  // by docid - 1, as far as read
};

}  // namespace

struct IndexReader::Parts {
    std::vector<std::unique_ptr<ShardReader>> shards;
    Decompressor decompressor;

    std::uint32_t count() const { return static_cast<std::uint32_t>(shards.size()); }
    ShardReader& shard_of(MessageNumber message) {
        return *shards[engine::shard_of(message, count())];
    }
    void reopen() {
        std::ranges::for_each(shards, [](auto& shard) { shard->reopen(); });
    }

    // Asks, and asks again on a newer snapshot for as long as the writer overtakes.
    template <class F>
    auto ask(std::string_view doing, F&& question) {
        return wall(doing, [&] {
            for (int retries = 0;; ++retries) {
                try {
                    return question();
                } catch (const Xapian::DatabaseModifiedError&) {
                    if (retries == most_retries) throw;
                    reopen();
                }
            }
        });
    }
};

IndexReader::IndexReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
IndexReader::~IndexReader() = default;

Result<std::unique_ptr<IndexReader>> IndexReader::open(const std::filesystem::path& folder) {
    std::error_code problem;
    if (!std::filesystem::exists(shard_folder(folder, 0), problem)) {
        return fail(Errc::not_found, fmt::format("no index in {}", folder.string()));
    }
    auto parts = std::make_unique<Parts>();
    auto opened = wall("open for reading", [&] {
        do {
            const auto next = shard_folder(folder, parts->count());
            parts->shards.push_back(std::make_unique<ShardReader>(next));
        } while (parts->count() < parts->shards.front()->shards());
    });
    if (!opened) return std::unexpected(opened.error());
    return std::unique_ptr<IndexReader>(new IndexReader(std::move(parts)));
}

Status IndexReader::reopen() {
    return wall("reopen", [&] { parts_->reopen(); });
}

MessageNumber IndexReader::through() const {
    std::uint32_t least = parts_->shards.front()->through();
    for (const auto& shard : parts_->shards) least = std::min(least, shard->through());
    return MessageNumber{least};
}

Result<Candidates> IndexReader::candidates(const query::TextKey& key,
                                           const std::function<bool()>& give_up) {
    const auto needle = text::fold(key.needle);
    const Patience patience(give_up);
    return parts_->ask("find candidates", [&]() -> Result<Candidates> {
        const auto shards = parts_->count();
        std::uint32_t last = 0;
        std::vector<ShardAnswer> answers;
        for (auto& shard : parts_->shards) {
            const auto last_docid = shard->database().get_lastdocid();
            if (last_docid != 0) last = std::max(last, number_of(last_docid, shards - 1, shards));
            const Planner planner(shard->database(), shard->lexicon(), patience);
            answers.push_back(planner.answer(key, needle));
            if (patience.is_over()) return fail(Errc::cancelled, "the question was given up");
        }
        Candidates out;
        out.everything =
            std::ranges::all_of(answers, [](const ShardAnswer& answer) { return !answer.maybe; });
        out.members.resize(last + 1);
        out.certain.resize(last + 1);
        for (std::uint32_t i = 0; i < shards; ++i) {
            const auto last_docid = parts_->shards[i]->database().get_lastdocid();
            const auto put = [&](std::vector<bool>& bits) {
                return [&bits, i, shards, last_docid](std::uint32_t docid) {
                    if (docid != 0 && docid <= last_docid) bits[number_of(docid, i, shards)] = true;
                };
            };
            answers[i].maybe.value_or(DocSet::full(last_docid)).each(put(out.members));
            answers[i].certain.each(put(out.certain));
        }
        return out;
    });
}

Result<Facts> IndexReader::facts(MessageNumber number) {
    if (number > through())
        return fail(Errc::not_found,
                    fmt::format("message {} is not indexed", mailhold::number(number)));
    return parts_->ask("read a column", [&] {
        return parts_->shard_of(number).facts(docid_of(number, parts_->count()));
    });
}

Result<text::SearchText> IndexReader::text(MessageNumber number) {
    const auto name = mailhold::number(number);
    if (name == 0 || number > through())
        return fail(Errc::not_found, fmt::format("message {} is not indexed", name));
    return parts_->ask("read a text", [&]() -> Result<text::SearchText> {
        const auto docid = docid_of(number, parts_->count());
        const auto stored = parts_->shard_of(number).database().get_document(docid).get_data();
        if (stored.empty())
            return fail(Errc::limit, fmt::format("message {} is too large for the index", name));
        const auto octets = parts_->decompressor.decompress(stored);
        auto text = octets ? text::deserialise(*octets) : std::nullopt;
        if (!text)
            return fail(Errc::corrupt,
                        fmt::format("index: the text of message {} is damaged", name));
        return std::move(*text);
    });
}

Status IndexReader::check(MessageNumber number, const text::SearchText& text) {
    const auto stored = this->text(number);
    if (!stored && stored.error().code != Errc::limit) return std::unexpected(stored.error());
    if (stored && text::serialise(*stored) != text::serialise(text)) {
        return fail(Errc::corrupt,
                    fmt::format("index: message {} has another text", mailhold::number(number)));
    }
    return parts_->ask("check a message", [&]() -> Status {
        const auto docid = docid_of(number, parts_->count());
        const auto document = parts_->shard_of(number).database().get_document(docid);
        Document found;
        for (auto at = document.termlist_begin(); at != document.termlist_end(); ++at)
            found.terms.push_back(*at);
        found.header_signature = document.get_value(header_slot);
        found.word_signature = document.get_value(word_slot);
        found.facts = document.get_value(facts_slot);
        if (found == describe(text)) return {};
        return fail(Errc::corrupt,
                    fmt::format("index: message {} has other terms", mailhold::number(number)));
    });
}

Status IndexReader::check_lexicon() {
    return parts_->ask("check the lexicon", [&]() -> Status {
        for (auto& shard : parts_->shards) {
            const auto known = shard->lexicon().terms();
            for (auto at = shard->database().allterms_begin();
                 at != shard->database().allterms_end(); ++at) {
                if (const auto term = *at;
                    term != always_candidate && !std::ranges::binary_search(known, term)) {
                    return fail(Errc::corrupt, "index: the lexicon lacks a term");
                }
            }
        }
        return {};
    });
}

}  // namespace mailhold::indexer::engine
