#include "indexer/pipeline/searcher.hpp"

#include <algorithm>
#include <thread>

#include "indexer/pipeline/prepare.hpp"
#include "indexer/pipeline/readers.hpp"
#include "indexer/pipeline/search_run.hpp"

namespace mailhold::indexer::pipeline {

struct Searcher::Parts {
    Parts(const store::ArchiveReader& opened, SearchAttachments seen, OnDamage on_damage)
        : archive(opened), attachments(std::move(seen)), readers(opened, std::move(on_damage)) {}
    const store::ArchiveReader& archive;
    const SearchAttachments attachments;
    Readers readers;
    WorkerPool pool{"search-helpers", std::max(2U, std::thread::hardware_concurrency()) - 1};
    Helpers helpers{readers, pool};
};

Searcher::Searcher(const store::ArchiveReader& archive, SearchAttachments attachments,
                   OnDamage on_damage)
    : parts_(std::make_unique<Parts>(archive, std::move(attachments), std::move(on_damage))) {}
Searcher::~Searcher() = default;

void Searcher::warm() const {
    parts_->pool.post([&readers = parts_->readers] {
        if (auto reader = readers.borrow()) readers.give_back(std::move(reader));
    });
}

std::unique_ptr<SearchRun> Searcher::begin(const query::QueryPtr& query, SnapshotPtr mailbox,
                                           std::stop_token stop, Budget budget) const {
    auto parts = std::make_unique<SearchRun::Parts>(
        parts_->archive, parts_->readers, parts_->helpers, parts_->attachments.extractor,
        meaning(query), std::move(mailbox), std::move(stop), budget);
    return std::unique_ptr<SearchRun>(new SearchRun(std::move(parts)));
}

Result<Places> Searcher::search(const query::QueryPtr& query, const store::MailboxSnapshot& mailbox,
                                std::stop_token stop, Budget budget) const {
    const SnapshotPtr borrowed(SnapshotPtr(), &mailbox);
    const auto run = begin(query, borrowed, std::move(stop), budget);
    while (run->step() != Step::done) continue;
    return run->take();
}

query::QueryPtr Searcher::meaning(const query::QueryPtr& query) const {
    return query::simplify(parts_->attachments.in_body ? query::with_attachments(query) : query);
}

Result<text::SearchText> Searcher::text(MessageNumber message) const {
    if (auto reader = parts_->readers.borrow(); reader && message <= reader->through()) {
        auto kept = reader->text(message);
        if (kept) {
            parts_->readers.give_back(std::move(reader));
            return kept;
        }
        if (kept.error().code != Errc::limit) parts_->readers.note_failure(*reader, kept.error());
    }
    return search_text(parts_->archive, message, parts_->attachments.extractor);
}

SearchRun::SearchRun(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SearchRun::~SearchRun() = default;

Step SearchRun::step(const Slice& slice) {
    return parts_->step(slice);
}
Result<Places> SearchRun::take() {
    return parts_->take();
}
std::chrono::steady_clock::duration SearchRun::used() const {
    return parts_->used();
}
store::Progress SearchRun::progress() const {
    return parts_->progress();
}

}  // namespace mailhold::indexer::pipeline
