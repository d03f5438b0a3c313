#include "indexer/engine/shard_reader.hpp"

#include "indexer/engine/xapian_wall.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr int most_retries = 20;  // a writer that commits this often meanwhile is not ours
constexpr char made_anew[] = "the index was made anew";

// Opens the shard's terms, and again where a compaction puts others in their place while `use`, which takes them and
// their inode, is at work.
template <class Use>
void open_and(const std::filesystem::path& shard, Use&& use) {
    for (int retries = 0;; ++retries) {
        const auto inode = inode_of(terms_folder(shard));
        const auto replaced = [&] { return inode_of(terms_folder(shard)) != inode; };
        try {
            Xapian::Database terms(terms_folder(shard).string());
            if (replaced()) throw Xapian::DatabaseOpeningError(made_anew);
            if (terms.get_metadata(format_key) != format)
                throw Xapian::DatabaseVersionError("an index of another format");
            return use(std::move(terms), inode);
        } catch (const Xapian::DatabaseModifiedError&) {
            if (retries == most_retries) throw;
        } catch (const Xapian::Error&) {
            if (!replaced() || retries == most_retries) throw;
        }
    }
}

ShardState state_in(const Xapian::Database& terms) {
    const auto state = decode_state(terms.get_metadata(state_key));
    if (!state || state->documents > terms.get_lastdocid())
        throw Xapian::DatabaseCorruptError("its documents are not those of its state");
    return *state;
}

}  // namespace

ShardReader::ShardReader(const std::filesystem::path& folder) : folder_(folder) {
    open_terms();
}

ShardReader::ShardReader(const ShardReader& other)
    : folder_(other.folder_),
      making_(other.making_),
      memory_(other.memory_),
      shards_(other.shards_) {
    open_terms();
}

ShardPosition position_of(const std::filesystem::path& shard) {
    ShardPosition found;
    open_and(shard, [&](const Xapian::Database& terms, std::uint64_t) {
        found = {state_in(terms).position, number_in(terms, shards_key)};
    });
    return found;
}

void ShardReader::open_terms() {
    open_and(folder_, [this](Xapian::Database terms, std::uint64_t inode) {
        terms_ = std::move(terms);
        terms_inode_ = inode;
        if (making_.empty()) {
            shards_ = number_in(terms_, shards_key);
            memory_ = std::make_shared<ShardMemory>(folder_);
        }
        take_snapshot();
        making_ = terms_.get_metadata(making_key);
    });
}

bool ShardReader::terms_replaced() const {
    return inode_of(terms_folder(folder_)) != terms_inode_;
}

void ShardReader::reopen() {
    try {
        if (!terms_replaced() && (terms_.reopen() || !view_)) take_snapshot();
    } catch (const Xapian::Error&) {
        if (!terms_replaced()) throw;
    }
    if (terms_replaced()) open_terms();
}

void ShardReader::take_snapshot() {
    for (int retries = 0;; ++retries) {
        try {
            if (!making_.empty() && terms_.get_metadata(making_key) != making_)
                throw Xapian::DatabaseOpeningError(made_anew);
            const auto state = state_in(terms_);
            view_ = memory_->view(terms_, state);
            state_ = state;
            return;
        } catch (const Xapian::DatabaseModifiedError&) {
            if (retries == most_retries) throw;
            terms_.reopen();
        }
    }
}

std::optional<text::SearchText> ShardReader::text(Xapian::docid docid, text::HeadParts parts) {
    const auto column = view_->column(docid);
    if (!column.has_text) return std::nullopt;
    // The next one mostly stands right behind it.
    constexpr std::uint64_t common = 4096, most = 64 << 10;
    const auto size =
        docid < view_->state().documents ? view_->column(docid + 1).text - column.text : common;
    const auto octets = read_entry(memory_->texts(), column.text, decompressor_,
                                   view_->dictionaries(), std::clamp(size, std::uint64_t{4}, most));
    auto text = octets ? text::deserialise(*octets, parts) : std::nullopt;
    if (!text) throw Xapian::DatabaseCorruptError("a text is damaged");
    return text;
}

}  // namespace mailhold::indexer::engine
