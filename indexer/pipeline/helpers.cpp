#include "indexer/pipeline/helpers.hpp"

#include <memory>

#include "store/base/shares.hpp"

namespace mailhold::indexer::pipeline {

void Helpers::share(engine::IndexReader& own, std::size_t count,
                    const engine::IndexReader::Job& job) {
    const auto shares = std::make_shared<Shares>(count);
    const auto run = [&job](Shares& taken, engine::IndexReader& reader) {
        taken.run([&](std::size_t i) { job(i, reader); });
    };
    // Helpers that are busy with other searches are no help.
    if (count > 1 && pool_.queued() < pool_.size()) {
        pool_.post([shares, run, &readers = readers_, least = own.through()] {
            if (shares->are_taken()) return;
            auto another = readers.borrow();
            // An index made anew meanwhile may know less.
            if (another && another->through() >= least) run(*shares, *another);
            if (another) readers.give_back(std::move(another));
        });
    }
    run(*shares, own);
    shares->wait();
}

}  // namespace mailhold::indexer::pipeline
