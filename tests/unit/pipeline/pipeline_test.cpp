// The pipeline over a real archive: catching up, following, restarts, damage, summaries.
#include "indexer/pipeline/pipeline.hpp"

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/window.hpp"
#include "tests/unit/pipeline/sample_archive.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::pipeline;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> simple_mails(std::size_t first, std::size_t count) {
    std::vector<std::string> mails;
    for (std::size_t i = 0; i < count; ++i) mails.push_back(test::simple_mail(first + i));
    return mails;
}

MessageNumber indexed(const std::filesystem::path& folder) {
    const auto reader = engine::IndexReader::open(folder);
    REQUIRE(reader);
    return (*reader)->through();
}

// Waits on commits until one has reached a number.
class CommitWatch {
  public:
    explicit CommitWatch(Pipeline& pipeline) {
        pipeline.on_commit([this](MessageNumber through) {
            const std::lock_guard lock(mutex_);
            through_ = through;
            changed_.notify_all();
        });
    }
    bool reaches(MessageNumber number) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 20s, [&] { return through_ >= number; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    MessageNumber through_{};
};

}  // namespace

TEST_CASE("catch_up indexes everything and tells its progress") {
    test::SampleArchive archive;
    archive.ingest(simple_mails(1, 600));
    auto pipeline = Pipeline::start(*archive, {.parse_threads = 2, .batch = 100});
    REQUIRE(pipeline);
    store::Progress last;
    REQUIRE((*pipeline)->catch_up([&](store::Progress progress) {
        CHECK(progress.done >= last.done);
        last = progress;
    }));
    CHECK((*pipeline)->through() == MessageNumber{600});
    CHECK(indexed(archive.index_folder()) == MessageNumber{600});
    REQUIRE((*pipeline)->catch_up());
    std::vector<MessageNumber> numbers;
    for (std::uint32_t n = 1; n <= 600; ++n) numbers.push_back(MessageNumber{n});
    const auto summaries = archive->summaries(numbers);
    REQUIRE(summaries);
    for (const auto& summary : *summaries) {
        REQUIRE(summary);
        CHECK_THAT(summary->envelope, Catch::Contains("bob"));
        CHECK_FALSE(summary->body.empty());
        CHECK_FALSE(summary->body_structure.empty());
    }
}

TEST_CASE("new messages are indexed as they come, without being asked for") {
    test::SampleArchive archive;
    auto pipeline = Pipeline::start(*archive, {.commit_every = 10ms});
    REQUIRE(pipeline);
    CommitWatch watch(**pipeline);
    for (std::uint32_t n = 1; n <= 5; ++n) {
        archive.ingest(simple_mails(n, 1));
        CHECK(watch.reaches(MessageNumber{n}));
    }
    (*pipeline)->on_commit({});
}

TEST_CASE("an empty archive is caught up with at once") {
    test::SampleArchive archive;
    auto pipeline = Pipeline::start(*archive);
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    CHECK((*pipeline)->through() == MessageNumber{0});
}

TEST_CASE("a pipeline that was ended goes on where its last commit stands") {
    test::SampleArchive archive;
    archive.ingest(simple_mails(1, 300));
    {
        REQUIRE(Pipeline::start(*archive));
    }  // ended at once, wherever it was
    archive.open();
    archive.ingest(simple_mails(301, 50));
    auto pipeline = Pipeline::start(*archive);
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    CHECK(indexed(archive.index_folder()) == MessageNumber{350});
    const auto problems = verify_index(*archive);
    REQUIRE(problems);
    CHECK(problems->empty());
}

TEST_CASE("a damaged shard is made anew") {
    test::SampleArchive archive;
    archive.ingest(simple_mails(1, 200));
    {
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
    }
    const std::string file =
        GENERATE("terms/iamglass", "terms/postlist.glass", "texts", "columns", "tail-0");
    std::filesystem::resize_file(archive.index_folder() / "shard-1" / file, 100);
    archive.ingest(simple_mails(201, 100));
    auto pipeline = Pipeline::start(*archive);
    REQUIRE(pipeline);
    REQUIRE((*pipeline)->catch_up());
    CHECK((*pipeline)->through() == MessageNumber{300});
}

TEST_CASE("summaries that the catalog lost are written again") {
    test::SampleArchive archive;
    archive.ingest(simple_mails(1, 300));
    {
        auto pipeline = Pipeline::start(*archive);
        REQUIRE(pipeline);
        REQUIRE((*pipeline)->catch_up());
    }
    const auto data = archive->data_folder();
    archive.close();
    REQUIRE(store::rebuild_catalog(data));
    archive.open();
    const MessageNumber first{1};
    REQUIRE_FALSE(archive->summaries({&first, 1})->front());
    auto pipeline = Pipeline::start(*archive, {.commit_every = 1ms});
    REQUIRE(pipeline);
    CommitWatch watch(**pipeline);
    // The mending goes on while nothing else is to do; it ends before the end of a pipeline is
    // noticed by a commit.
    for (std::uint32_t n = 301; n <= 330; ++n) {
        archive.ingest(simple_mails(n, 1));
        REQUIRE(watch.reaches(MessageNumber{n}));
    }
    CHECK(archive->summaries({&first, 1})->front());
    (*pipeline)->on_commit({});
}

TEST_CASE("a window is bounded in messages and octets, and never empty") {
    std::vector<store::StoredMessage> messages(1000);
    CHECK(fitting(messages) == window_messages);
    for (auto& message : messages) message.size = window_octets / 4;
    CHECK(fitting(messages) == 4);
    messages.front().size = window_octets * 10;
    CHECK(fitting(messages) == 1);
    CHECK(fitting({}) == 0);
}

TEST_CASE("a batch waits for all of its jobs and gives the first error") {
    WorkerPool pool("test", 2);
    std::atomic<int> ran = 0;
    Batch batch(pool);
    for (int i = 0; i < 50; ++i) {
        batch.run([&, i]() -> Status {
            ++ran;
            if (i == 20) return fail(Errc::io, "twenty");
            if (i == 30) throw std::runtime_error("thirty");
            return {};
        });
    }
    CHECK_FALSE(batch.wait());
    CHECK(ran == 50);
}
