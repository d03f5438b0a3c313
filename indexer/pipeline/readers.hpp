// A few index readers kept open, lent to one search at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "indexer/engine/index.hpp"

namespace mailhold::indexer::pipeline {

// Any thread.
class Readers {
  public:
    static constexpr std::size_t most_kept = 4;
    explicit Readers(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Of the newest commit. Null where there is no index, or none that can be read (logged).
    std::unique_ptr<engine::IndexReader> borrow();
    // Not called for a reader that has shown itself broken.
    void give_back(std::unique_ptr<engine::IndexReader> reader);

  private:
    std::filesystem::path folder_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<engine::IndexReader>> idle_;
};

}  // namespace mailhold::indexer::pipeline
