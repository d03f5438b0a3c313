#include "indexer/pipeline/helpers.hpp"

#include <atomic>
#include <exception>
#include <memory>

namespace mailhold::indexer::pipeline {
namespace {

// Shared with the helper, which may come to it when all is done: then the job is gone.
struct Shares {
    Shares(std::size_t all, const engine::IndexReader::Job& work)
        : count(all), job(work), undone(all) {}
    bool are_taken() const { return next >= count; }
    void run(engine::IndexReader& reader) {
        for (auto i = next++; i < count; i = next++) {
            try {
                job(i, reader);
            } catch (...) {
                if (!failed.exchange(true)) problem = std::current_exception();
            }
            if (--undone == 0) undone.notify_all();
        }
    }
    const std::size_t count;
    const engine::IndexReader::Job& job;
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> undone;
    std::atomic<bool> failed{false};
    std::exception_ptr problem;  // once `undone` is 0
};

}  // namespace

void Helpers::share(engine::IndexReader& own, std::size_t count,
                    const engine::IndexReader::Job& job) {
    const auto shares = std::make_shared<Shares>(count, job);
    // Helpers that are busy with other searches are no help.
    if (count > 1 && pool_.queued() < pool_.size()) {
        pool_.post([shares, &readers = readers_, least = own.through()] {
            if (shares->are_taken()) return;
            auto another = readers.borrow();
            // An index made anew meanwhile may know less.
            if (another && another->through() >= least) shares->run(*another);
            if (another) readers.give_back(std::move(another));
        });
    }
    shares->run(own);
    for (auto left = shares->undone.load(); left != 0; left = shares->undone.load())
        shares->undone.wait(left);
    if (shares->problem) std::rethrow_exception(shares->problem);
}

}  // namespace mailhold::indexer::pipeline
