// The writing side: one WritableDatabase a shard, always inside a transaction, so that nothing but
// commit() ever writes documents, lexicon and position, and always the three together.
#include <atomic>
#include <charconv>
#include <unordered_set>

#include "indexer/engine/compression.hpp"
#include "indexer/engine/document.hpp"
#include "indexer/engine/index.hpp"
#include "indexer/engine/xapian_wall.hpp"
#include "store/base/file.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::size_t known_limit = 200'000;  // terms remembered as being in the lexicon
constexpr std::size_t chunk_limit =
    32 * 1024;  // a lexicon chunk grows no further than this by small commits
constexpr std::size_t stored_text_limit =
    32 << 20;  // compressed; larger texts are read from the archive instead

class ShardWriter {
  public:
    ShardWriter(const std::filesystem::path& folder, std::uint32_t shards)
        : database_(folder.string(), Xapian::DB_CREATE_OR_OPEN | Xapian::DB_BACKEND_GLASS) {
        const std::string found = database_.get_metadata(format_key);
        const std::string count = fmt::format("{}", shards);
        if (found.empty() && database_.get_lastdocid() == 0) {
            database_.set_metadata(format_key, format);
            database_.set_metadata(shards_key, count);
            database_.commit();
        } else if (found != format || database_.get_metadata(shards_key) != count) {
            throw Xapian::DatabaseVersionError("an index of another format");
        }
        const std::string position = database_.get_metadata(position_key);
        std::uint32_t value = 0;
        std::from_chars(position.data(), position.data() + position.size(), value);
        through_ = value;
        while (!database_.get_metadata(lexicon_key(chunk_ + 1)).empty()) ++chunk_;
        chunk_text_ = database_.get_metadata(lexicon_key(chunk_));
        database_.begin_transaction();
    }

    MessageNumber through() const { return MessageNumber{through_.load()}; }
    bool broken() const { return broken_; }

    void add(Xapian::docid docid, const text::SearchText& text) {
        broken_ = true;  // until all of this is done
        const Document described = describe(text);
        Xapian::Document document;
        for (const auto& term : described.terms) {
            learn(term);
            document.add_boolean_term(term);
        }
        if (!described.header_signature.empty())
            document.add_value(header_slot, described.header_signature);
        if (!described.word_signature.empty())
            document.add_value(word_slot, described.word_signature);
        document.add_value(facts_slot, described.facts);
        std::string stored = compressor_.compress(text::serialise(text));
        if (stored.size() <= stored_text_limit) document.set_data(stored);
        database_.replace_document(docid, document);
        broken_ = false;
    }

    void commit(MessageNumber through) {
        broken_ = true;
        if (!new_terms_.empty()) {
            if (chunk_text_.size() > chunk_limit) {
                ++chunk_;
                chunk_text_.clear();
            }
            chunk_text_ += new_terms_;
            database_.set_metadata(lexicon_key(chunk_), chunk_text_);
        }
        database_.set_metadata(position_key, fmt::format("{}", number(through)));
        database_.commit_transaction();
        new_terms_.clear();
        through_ = number(through);
        database_.begin_transaction();
        broken_ = false;
    }

  private:
    // A term that no document has yet is new to the lexicon.
    void learn(const std::string& term) {
        if (known_.contains(term)) return;
        if (!database_.term_exists(term)) {
            new_terms_ += term;
            new_terms_ += '\n';
        }
        if (known_.size() >= known_limit) known_.clear();
        known_.insert(term);
    }

    Xapian::WritableDatabase database_;
    std::atomic<std::uint32_t> through_ = 0;
    bool broken_ = false;
    std::unordered_set<std::string> known_;
    std::string new_terms_;  // since the last commit
    std::uint32_t chunk_ = 0;
    std::string chunk_text_;  // what the last chunk holds
    Compressor compressor_;
};

using Shards = std::vector<std::unique_ptr<ShardWriter>>;

Result<Shards> open_shards(const std::filesystem::path& folder, std::uint32_t count) {
    return wall("open for writing", [&] {
        Shards shards;
        for (std::uint32_t i = 0; i < count; ++i) {
            shards.push_back(std::make_unique<ShardWriter>(shard_folder(folder, i), count));
        }
        if (std::filesystem::exists(shard_folder(folder, count))) {
            throw Xapian::DatabaseVersionError("an index of more shards");
        }
        return shards;
    });
}

}  // namespace

struct IndexWriter::Parts {
    Shards shards;
};

IndexWriter::IndexWriter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
IndexWriter::~IndexWriter() = default;

Result<std::unique_ptr<IndexWriter>> IndexWriter::open(const std::filesystem::path& folder,
                                                       std::uint32_t shards) {
    MAILHOLD_ASSERT(shards > 0);
    if (auto made = make_folder(folder); !made) return std::unexpected(made.error());
    auto opened = open_shards(folder, shards);
    if (!opened && opened.error().code != Errc::locked && opened.error().code != Errc::no_space) {
        log::warning("index.emptied", {{"reason", opened.error().text}});
        std::error_code problem;
        std::filesystem::remove_all(folder, problem);
        if (problem)
            return fail(Errc::io, fmt::format("remove the damaged index {}: {}", folder.string(),
                                              problem.message()));
        if (auto made = make_folder(folder); !made) return std::unexpected(made.error());
        opened = open_shards(folder, shards);
    }
    if (!opened) return std::unexpected(opened.error());
    return std::unique_ptr<IndexWriter>(
        new IndexWriter(std::make_unique<Parts>(std::move(*opened))));
}

MessageNumber IndexWriter::through() const {
    auto least = parts_->shards.front()->through();
    for (const auto& shard : parts_->shards) least = std::min(least, shard->through());
    return least;
}

std::uint32_t IndexWriter::shards() const {
    return static_cast<std::uint32_t>(parts_->shards.size());
}
std::uint32_t IndexWriter::shard_of(MessageNumber number) const {
    return engine::shard_of(number, shards());
}

Status IndexWriter::add(MessageNumber number, const text::SearchText& text) {
    auto& shard = *parts_->shards[shard_of(number)];
    if (shard.broken()) return fail(Errc::io, "index: an earlier write failed; open it again");
    return wall("add a message", [&] { shard.add(docid_of(number, shards()), text); });
}

Status IndexWriter::commit(std::uint32_t shard, MessageNumber through) {
    auto& writer = *parts_->shards.at(shard);
    if (writer.broken()) return fail(Errc::io, "index: an earlier write failed; open it again");
    return wall("commit", [&] { writer.commit(through); });
}

}  // namespace mailhold::indexer::engine
