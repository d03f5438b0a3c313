#include "indexer/pipeline/readers.hpp"

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
    auto opened = engine::IndexReader::open(folder_);
    if (opened) return std::move(*opened);
    if (opened.error().code != Errc::not_found)
        log::warning("search.no_index", {{"error", opened.error().text}});
    return nullptr;
}

void Readers::give_back(std::unique_ptr<engine::IndexReader> reader) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < most_kept) idle_.push_back(std::move(reader));
}

}  // namespace mailhold::indexer::pipeline
