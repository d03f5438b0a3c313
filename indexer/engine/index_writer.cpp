// The shards' writers together. An index that cannot be opened is a cache gone bad: it is emptied.
#include "indexer/engine/index.hpp"
#include "indexer/engine/shard_writer.hpp"
#include "indexer/engine/xapian_wall.hpp"
#include "store/base/file.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::engine {
namespace {

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

std::vector<IndexMark> IndexWriter::marks() const {
    std::vector<IndexMark> out;
    for (const auto& shard : parts_->shards) out.push_back({shard->through(), shard->mark()});
    return out;
}

Status IndexWriter::add(MessageNumber number, const text::SearchText& text) {
    auto& shard = *parts_->shards[shard_of(number)];
    if (shard.broken()) return fail(Errc::io, "index: an earlier write failed; open it again");
    return wall("add a message", [&]() -> Status {
        const auto docid = docid_of(number, shards());
        if (shard.has(docid)) return {};
        MAILHOLD_ASSERT(docid == 1 || shard.has(docid - 1));
        return shard.add(text);
    });
}

Status IndexWriter::commit(std::uint32_t shard, MessageNumber through, std::string_view mark) {
    auto& writer = *parts_->shards.at(shard);
    if (writer.broken()) return fail(Errc::io, "index: an earlier write failed; open it again");
    return wall("commit", [&] { return writer.commit(through, mark); });
}

bool IndexWriter::wants_compaction(std::uint32_t shard) const {
    const auto& writer = *parts_->shards.at(shard);
    return !writer.broken() && writer.wants_compaction();
}

Status IndexWriter::compact(std::uint32_t shard) {
    auto& writer = *parts_->shards.at(shard);
    if (writer.broken()) return fail(Errc::io, "index: an earlier write failed; open it again");
    return wall("compact", [&] { return writer.compact(); });
}

}  // namespace mailhold::indexer::engine
