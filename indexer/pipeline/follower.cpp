// Windows of messages through the parsers into the shards. What fails is tried again from the last
// commit.
#include "indexer/pipeline/follower.hpp"

#include <algorithm>
#include <filesystem>

#include "store/base/log.hpp"

namespace mailhold::indexer::pipeline {
namespace {

constexpr int failures_until_given_up = 3;  // on an index that cannot be written
constexpr std::size_t mending_page = 256;

MessageNumber after(MessageNumber message, std::size_t count = 1) {
    return MessageNumber{number(message) + static_cast<std::uint32_t>(count)};
}

// Of this archive and no other: one made from other messages is made anew.
Result<std::unique_ptr<engine::IndexWriter>> open_writer(store::Archive& archive) {
    auto writer = engine::IndexWriter::open(archive.index_folder());
    if (!writer || belongs_to(archive, (*writer)->marks())) return writer;
    log::warning("index.foreign", {{"through", number((*writer)->through())}});
    writer->reset();
    if (auto gone = discard_index(archive); !gone) return std::unexpected(gone.error());
    return engine::IndexWriter::open(archive.index_folder());
}

}  // namespace

Result<std::unique_ptr<Follower>> Follower::open(store::Archive& archive, const Options& options) {
    auto writer = open_writer(archive);
    if (!writer) return std::unexpected(writer.error());
    return std::unique_ptr<Follower>(new Follower(archive, options, std::move(*writer)));
}

Follower::Follower(store::Archive& archive, const Options& options,
                   std::unique_ptr<engine::IndexWriter> writer)
    : archive_(archive),
      extractor_(options.extractor),
      writer_(std::move(writer)),
      committed_(writer_->through()),
      added_(committed_),
      mended_(after(added_)),
      parsers_("parse", std::max<std::size_t>(options.parse_threads, 1)),
      shard_writers_("index-shard", writer_->shards()) {}

Result<bool> Follower::add_window() {
    if (!writer_) {
        if (auto opened = open_index(); !opened) return std::unexpected(opened.error());
    }
    const auto found = archive_.messages(after(added_), window_messages);
    if (!found) return std::unexpected(found.error());
    if (found->empty()) return false;
    const auto window = std::span(*found).first(fitting(*found));
    auto prepared = prepare_all(window);
    if (!prepared) return std::unexpected(prepared.error());
    if (auto added = add_all(window, *prepared); !added) return std::unexpected(added.error());
    put_summaries(window, std::move(*prepared));
    added_ = window.back().number;
    return true;
}

Result<std::vector<Prepared>> Follower::prepare_all(
    std::span<const store::StoredMessage> messages) {
    std::vector<Prepared> prepared(messages.size());
    Batch batch(parsers_);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        batch.run([&, i]() -> Status {
            auto one = prepare(archive_, messages[i], extractor_);
            if (!one) return std::unexpected(one.error());
            prepared[i] = std::move(*one);
            return {};
        });
    }
    if (auto done = batch.wait(); !done) return std::unexpected(done.error());
    return prepared;
}

Status Follower::add_all(std::span<const store::StoredMessage> messages,
                         const std::vector<Prepared>& prepared) {
    Batch batch(shard_writers_);
    for (std::uint32_t shard = 0; shard < writer_->shards(); ++shard) {
        batch.run([&, shard]() -> Status {
            for (std::size_t i = 0; i < messages.size(); ++i) {
                if (writer_->shard_of(messages[i].number) != shard) continue;
                if (auto added = writer_->add(messages[i].number, prepared[i].text); !added)
                    return added;
            }
            return {};
        });
    }
    auto done = batch.wait();
    if (!done) index_failed_ = true;
    return done;
}

// The catalog can do without them, and they can be made again: a failure is only logged.
void Follower::put_summaries(std::span<const store::StoredMessage> messages,
                             std::vector<Prepared> prepared) {
    std::vector<std::pair<MessageNumber, store::Summary>> summaries;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (prepared[i].summary.body.empty()) continue;
        summaries.emplace_back(messages[i].number, std::move(prepared[i].summary));
    }
    if (auto put = archive_.put_summaries(summaries); !put) {
        log::warning("index.summaries", {{"error", put.error().text}});
    }
}

Status Follower::commit() {
    const auto lineage = archive_.lineage(added_);
    if (!lineage) return std::unexpected(lineage.error());
    const auto mark = to_hex(*lineage);
    Batch batch(shard_writers_);
    for (std::uint32_t shard = 0; shard < writer_->shards(); ++shard) {
        batch.run([this, shard, &mark] { return writer_->commit(shard, added_, mark); });
    }
    if (auto done = batch.wait(); !done) {
        index_failed_ = true;
        return done;
    }
    log::debug("index.commit", {{"through", number(added_)}, {"messages", uncommitted()}});
    failures_ = 0;
    committed_ = added_;
    return {};
}

Result<bool> Follower::compact() {
    if (!writer_ || uncommitted() > 0) return false;
    Batch batch(shard_writers_);
    bool any = false;
    for (std::uint32_t shard = 0; shard < writer_->shards(); ++shard) {
        if (!writer_->wants_compaction(shard)) continue;
        any = true;
        batch.run([this, shard] { return writer_->compact(shard); });
    }
    if (auto done = batch.wait(); !done) {
        index_failed_ = true;
        return std::unexpected(done.error());
    }
    if (any) log::info("index.compacted", {{"messages", number(committed_)}});
    return any;
}

Result<bool> Follower::mend_summaries() {
    const std::size_t above = number(mended_) - 1;
    if (above == 0) return false;
    const auto count = std::min(mending_page, above);
    const MessageNumber first{static_cast<std::uint32_t>(above - count + 1)};
    std::vector<MessageNumber> numbers;
    for (std::size_t i = 0; i < count; ++i) numbers.push_back(after(first, i));
    const auto known = archive_.summaries(numbers);
    if (!known) return std::unexpected(known.error());
    if (std::ranges::all_of(*known, [](const auto& summary) { return summary.has_value(); })) {
        mended_ = MessageNumber{1};
        return false;
    }
    auto messages = archive_.messages(first, count);
    if (!messages) return std::unexpected(messages.error());
    std::erase_if(*messages, [&](const store::StoredMessage& message) {
        const auto place = number(message.number) - number(first);
        return place >= count || (*known)[place].has_value();
    });
    for (std::span<const store::StoredMessage> rest(*messages); !rest.empty();) {
        const auto window = rest.first(fitting(rest));
        auto prepared = prepare_all(window);
        if (!prepared) return std::unexpected(prepared.error());
        put_summaries(window, std::move(*prepared));
        rest = rest.subspan(window.size());
    }
    mended_ = first;
    return number(first) > 1;
}

Status Follower::recover(const Error& error) {
    log::error("index.failed", {{"after", number(added_)}, {"error", error.text}});
    failures_ = added_ == failed_at_ ? failures_ + 1 : 1;
    failed_at_ = added_;
    const bool broken =
        index_failed_ && (error.code == Errc::corrupt ||
                          (error.code == Errc::io && failures_ >= failures_until_given_up));
    index_failed_ = false;
    if (broken) return rebuild(error);
    writer_.reset();
    added_ = committed_;
    return open_index();
}

Status Follower::rebuild(const Error& found) {
    log::warning("index.rebuilding", {{"error", found.text}});
    writer_.reset();
    if (auto gone = discard_index(archive_); !gone) return gone;
    committed_ = added_ = MessageNumber{};
    return open_index();
}

Status Follower::open_index() {
    auto writer = open_writer(archive_);
    if (!writer) return std::unexpected(writer.error());
    writer_ = std::move(*writer);
    committed_ = added_ = writer_->through();
    return {};
}

}  // namespace mailhold::indexer::pipeline
