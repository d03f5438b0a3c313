// What a search does in shares: on its own thread, and on a helper's at once where one is idle.
#pragma once

#include <cstddef>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/readers.hpp"
#include "store/base/threads.hpp"

namespace mailhold::indexer::pipeline {

// Any thread. `readers` outlives the pool's jobs, and both outlive this.
class Helpers {
  public:
    Helpers(Readers& readers, WorkerPool& pool) : readers_(readers), pool_(pool) {}

    // engine::IndexReader::Spread, `own` being the reader of the calling thread. What a job throws is
    // thrown here, when all are done.
    void share(engine::IndexReader& own, std::size_t count, const engine::IndexReader::Job& job);

  private:
    Readers& readers_;
    WorkerPool& pool_;
};

}  // namespace mailhold::indexer::pipeline
