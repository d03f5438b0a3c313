#include "indexer/engine/shard_reader.hpp"

#include "indexer/engine/xapian_wall.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr int most_retries = 5;  // a writer that commits this often meanwhile is not ours

}  // namespace

ShardReader::ShardReader(const std::filesystem::path& folder)
    : folder_(folder), terms_(terms_folder(folder).string()), uuid_(terms_.get_uuid()) {
    if (terms_.get_metadata(format_key) != format)
        throw Xapian::DatabaseVersionError("an index of another format");
    shards_ = number_in(terms_, shards_key);
    memory_ = std::make_shared<ShardMemory>(folder);
    take_snapshot();
}

ShardReader::ShardReader(const ShardReader& other)
    : folder_(other.folder_),
      terms_(terms_folder(folder_).string()),
      uuid_(terms_.get_uuid()),
      memory_(other.memory_),
      shards_(other.shards_) {
    if (uuid_ != other.uuid_) throw Xapian::DatabaseOpeningError("the index was made anew");
    take_snapshot();
}

void ShardReader::reopen() {
    if (!terms_.reopen()) return;
    if (terms_.get_uuid() != uuid_) throw Xapian::DatabaseOpeningError("the index was made anew");
    take_snapshot();
}

void ShardReader::take_snapshot() {
    for (int retries = 0;; ++retries) {
        try {
            const auto state = decode_state(terms_.get_metadata(state_key));
            if (!state || state->documents > terms_.get_lastdocid())
                throw Xapian::DatabaseCorruptError("its documents are not those of its state");
            view_ = memory_->view(terms_, *state);
            state_ = *state;
            return;
        } catch (const Xapian::DatabaseModifiedError&) {
            if (retries == most_retries) throw;
            terms_.reopen();
        }
    }
}

std::optional<text::SearchText> ShardReader::text(Xapian::docid docid) {
    const auto column = view_->column(docid);
    if (!column.has_text) return std::nullopt;
    const auto octets =
        read_entry(memory_->texts(), column.text, decompressor_, view_->dictionaries());
    auto text = octets ? text::deserialise(*octets) : std::nullopt;
    if (!text) throw Xapian::DatabaseCorruptError("a text is damaged");
    return text;
}

}  // namespace mailhold::indexer::engine
