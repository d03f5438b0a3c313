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
    const std::lock_guard lock(mutex_);
    if (first_) {
        if (auto another = first_->another()) return std::move(*another);
    }
    first_.reset();
    auto opened = engine::IndexReader::open(archive_.index_folder());
    if (!opened) {
        if (opened.error().code != Errc::not_found)
            log::warning("search.no_index", {{"error", opened.error().text}});
        return nullptr;
    }
    if (!belongs_to(archive_, (*opened)->marks())) {
        log::warning("search.foreign_index");
        return nullptr;
    }
    first_ = std::move(*opened);
    auto another = first_->another();
    return another ? std::move(*another) : nullptr;
}

void Readers::give_back(std::unique_ptr<engine::IndexReader> reader) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < most_kept) idle_.push_back(std::move(reader));
}

}  // namespace mailhold::indexer::pipeline
