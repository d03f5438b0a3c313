#include "indexer/pipeline/readers.hpp"

#include "indexer/pipeline/pipeline.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::pipeline {

std::unique_ptr<engine::IndexReader> Readers::borrow() {
    std::unique_ptr<engine::IndexReader> reader;
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            reader = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (reader && reader->reopen()) return reader;
    return open();
}

std::unique_ptr<engine::IndexReader> Readers::open() {
    std::unique_lock lock(mutex_);
    if (first_) {
        if (auto another = first_->another()) return std::move(*another);
    }
    first_.reset();
    auto opened = engine::IndexReader::open(archive_.index_folder());
    if (!opened) {
        lock.unlock();
        if (opened.error().code != Errc::not_found) report(opened.error());
        return nullptr;
    }
    if (!belongs_to(archive_, (*opened)->marks())) {
        log::warning("search.foreign_index");
        return nullptr;
    }
    first_ = std::move(*opened);
    auto another = first_->another();
    first_->rest();
    return another ? std::move(*another) : nullptr;
}

// One of an index that was made anew or compacted meanwhile cannot be renewed, and proves nothing.
void Readers::note_failure(engine::IndexReader& reader, const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        first_.reset();
        idle_.clear();
    }
    if (reader.reopen()) return report(error);
    log::info("search.old_index", {{"error", error.text}});
}

void Readers::report(const Error& error) {
    log::warning("search.index", {{"error", error.text}});
    if (error.code == Errc::corrupt && on_damage_) on_damage_(error);
}

void Readers::give_back(std::unique_ptr<engine::IndexReader> reader) {
    reader->rest();
    const std::lock_guard lock(mutex_);
    if (idle_.size() < most_kept) idle_.push_back(std::move(reader));
}

}  // namespace mailhold::indexer::pipeline
