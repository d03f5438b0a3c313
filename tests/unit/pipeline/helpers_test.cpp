// Work in shares, on the searching thread and a helper's.
#include "indexer/pipeline/helpers.hpp"

#include <array>
#include <atomic>
#include <thread>

#include "indexer/pipeline/pipeline.hpp"
#include "tests/unit/pipeline/sample_archive.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::pipeline;

namespace {

struct IndexedArchive {
    IndexedArchive() {
        archive.ingest(test::sample_mails(4));
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
        own = readers.borrow();
        REQUIRE(own);
    }
    test::SampleArchive archive;
    Readers readers{*archive};
    WorkerPool pool{"helpers", 1};
    Helpers helpers{readers, pool};
    std::unique_ptr<engine::IndexReader> own;
};

bool waited_for(const std::atomic<int>& what, int value) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (what < value && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return what >= value;
}

}  // namespace

TEST_CASE("two shares are done at once, each by a thread and a reader of its own") {
    IndexedArchive indexed;
    std::atomic<int> begun{0};
    std::array<bool, 2> together{};
    std::array<engine::IndexReader*, 2> readers{};
    indexed.helpers.share(*indexed.own, 2, [&](std::size_t i, engine::IndexReader& reader) {
        ++begun;
        together[i] = waited_for(begun, 2);
        readers[i] = &reader;
    });
    CHECK(together[0]);
    CHECK(together[1]);
    CHECK(readers[0] != readers[1]);
}
