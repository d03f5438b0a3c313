// The parent's side: worker processes that are kept and given one document after the other. Whatever
// a document does to its worker costs only that document's text.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "indexer/extract/extract.hpp"
#include "indexer/extract/process.hpp"
#include "indexer/extract/remembered.hpp"
#include "indexer/extract/worker.hpp"

namespace mailhold::indexer::extract {

struct PoolOptions {
    std::vector<std::string> command = {"/proc/self/exe", worker_command};
    std::size_t workers = 2;  // at once
    Limits limits;
    std::size_t document = 256 << 20;        // octets; a larger one fails
    std::chrono::milliseconds wall{60'000};  // for one document; then its worker is killed
};

// Any thread. Processes are started when they are first needed.
class Pool {
  public:
    explicit Pool(PoolOptions options = {});
    ~Pool();

    // Blocks for a free worker and for its answer. A worker that dies is replaced; its document is
    // tried once more in a fresh one, unless it was the first that worker had seen. Answers are
    // remembered for a while.
    text::Extraction read(Document document);
    // A part of a message; the pool must outlive the function. What has no reader needs no worker.
    text::Extractor extractor();

    struct Counts {
        std::size_t started = 0, died = 0, timed_out = 0;
    };
    Counts counts() const;

  private:
    text::Extraction ask_workers(const Document& document);
    Result<Process> borrow();
    Result<Process> start();
    void give_back(Process process);
    void drop(Process process);

    const PoolOptions options_;
    Remembered remembered_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<Process> idle_;
    std::size_t busy_ = 0;
    std::string off_;  // why no worker can be had, ever
    bool landlock_told_ = false;
    Counts counts_;
};

}  // namespace mailhold::indexer::extract
