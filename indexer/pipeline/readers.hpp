// A few index readers kept open, lent to one search at a time. What they keep in memory is one.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "indexer/engine/index.hpp"
#include "store/archive.hpp"

namespace mailhold::indexer::pipeline {

// Any thread.
class Readers {
  public:
    static constexpr std::size_t most_kept = 8;
    // `on_damage` hears what was found wrong with the index; called on any thread.
    explicit Readers(const store::ArchiveReader& archive,
                     std::function<void(const Error&)> on_damage = {})
        : archive_(archive), on_damage_(std::move(on_damage)) {}

    // Of the newest commit. Null where there is no index, or none that can be read or was made of
    // this archive's messages (logged).
    std::unique_ptr<engine::IndexReader> borrow();
    // Not called for a reader that has shown itself broken.
    void give_back(std::unique_ptr<engine::IndexReader> reader);
    // What a reader failed with; those that are kept may see the same.
    void note_failure(engine::IndexReader& reader, const Error& error);

  private:
    std::unique_ptr<engine::IndexReader> open();
    void report(const Error& error);

    const store::ArchiveReader& archive_;
    const std::function<void(const Error&)> on_damage_;
    std::mutex mutex_;
    std::unique_ptr<engine::IndexReader> first_;  // never lent: the others are made from it
    std::vector<std::unique_ptr<engine::IndexReader>> idle_;
};

}  // namespace mailhold::indexer::pipeline
