// Documents through real workers in their sandbox, and workers that die.
#include "indexer/extract/pool.hpp"

#include <signal.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "indexer/mime/parse.hpp"
#include "store/base/threads.hpp"
#include "tests/unit/extract/samples.hpp"

using namespace mailhold;
using namespace mailhold::indexer;
using namespace mailhold::indexer::extract;
using test::joined;
using test::sample;
using text::ExtractStatus;

namespace {

PoolOptions with_workers(std::size_t workers) {
    PoolOptions options;
    options.command = {MAILHOLD_WORKER};
    options.workers = workers;
    return options;
}

// Processes that we started and that are there.
std::vector<pid_t> children() {
    std::vector<pid_t> found;
    std::ifstream file("/proc/self/task/" + std::to_string(::getpid()) + "/children");
    for (pid_t pid = 0; file >> pid;) found.push_back(pid);
    return found;
}

}  // namespace

TEST_CASE("a sandboxed worker reads what the readers read without one") {
    Pool pool(with_workers(1));
    for (const auto& entry : std::filesystem::directory_iterator(MAILHOLD_ATTACHMENTS)) {
        const auto name = entry.path().filename().string();
        if (name == "endless.pdf" || name == "bomb.pdf" || name == "make.py") continue;
        INFO(name);
        const auto here = extract::extract(sample(name), {});
        const auto there = pool.read(sample(name));
        CHECK(text::name_of(there.status) == text::name_of(here.status));
        CHECK(there.reason == here.reason);
        CHECK(there.pieces == here.pieces);
        CHECK(there.maker == here.maker);
    }
    CHECK(pool.counts().died == 0);
}

TEST_CASE("hostile PDF costs its own text alone") {
    auto options = with_workers(1);
    options.wall = std::chrono::seconds(20);
    options.limits.processor = std::chrono::seconds(2);
    Pool pool(options);
    for (const std::string name : {"endless.pdf", "bomb.pdf"}) {
        const auto extraction = pool.read(sample(name));
        INFO(name << ": " << text::name_of(extraction.status) << ", " << extraction.reason);
        CHECK(extraction.status != ExtractStatus::indexed);
        CHECK(joined(extraction).size() <= options.limits.text + 100);
    }
    CHECK(pool.read(sample("good.pdf")).status == ExtractStatus::indexed);
}

TEST_CASE(
    "a worker that is killed in the middle of a document is replaced, and the document read") {
    auto options = with_workers(1);
    Pool pool(options);
    REQUIRE(pool.read(sample("good.txt")).status == ExtractStatus::indexed);
    const auto first = children();
    REQUIRE(first.size() == 1);
    ::kill(first.front(), SIGSTOP);  // so that the request waits in it
    Thread killer("killer", [&] { ::kill(first.front(), SIGKILL); });
    const auto extraction = pool.read(sample("good.docx"));
    CHECK(extraction.status == ExtractStatus::indexed);
    CHECK(pool.counts().started == 2);
    CHECK(pool.counts().died == 1);
}

TEST_CASE("a worker that hangs is ended at its time, and its document fails") {
    auto options = with_workers(1);
    options.wall = std::chrono::milliseconds(300);
    Pool pool(options);
    REQUIRE(pool.read(sample("good.txt")).status == ExtractStatus::indexed);
    ::kill(children().front(), SIGSTOP);
    const auto extraction = pool.read(sample("good.docx"));
    CHECK(extraction.status == ExtractStatus::failed);
    CHECK_THAT(extraction.reason, Catch::Contains("not read within"));
    CHECK(extraction.maker == 0);
    CHECK(pool.counts().timed_out == 1);
    CHECK(pool.read(sample("good.rtf")).status == ExtractStatus::indexed);
    // It is not tried again.
    CHECK(pool.read(sample("good.docx")).status == ExtractStatus::failed);
    CHECK(pool.counts().started == 2);
}

TEST_CASE("a worker that cannot start turns extraction off or fails, and blocks nobody") {
    PoolOptions options;
    options.command = {"/nonexistent"};
    Pool absent(options);
    CHECK(absent.read(sample("good.txt")).status == ExtractStatus::failed);
    options.command = {"/bin/true"};
    Pool silent(options);
    const auto extraction = silent.read(sample("good.txt"));
    CHECK(extraction.status == ExtractStatus::failed);
    CHECK_THAT(extraction.reason, Catch::Contains("does not start"));
    CHECK(extraction.maker == 0);
}

TEST_CASE("workers serve many threads, and none is left behind") {
    {
        Pool pool(with_workers(2));
        std::atomic<int> read = 0;
        {
            WorkerPool threads("test", 6);
            for (int i = 0; i < 60; ++i) {
                threads.post([&, i] {
                    auto document = sample(i % 2 == 0 ? "good.docx" : "good.pdf");
                    document.name += std::to_string(i);  // another document to what is remembered
                    read += pool.read(document).status == ExtractStatus::indexed;
                });
            }
        }
        CHECK(read == 60);
        CHECK(pool.counts().started <= 2);
        CHECK(children().size() <= 2);
    }
    CHECK(children().empty());
}

TEST_CASE("an extractor asks no worker about what has no reader") {
    PoolOptions options;
    options.command = {"/nonexistent"};
    Pool pool(options);
    const std::string mail =
        "Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: "
        "base64\r\n\r\niVBORw0KGgo=\r\n";
    const auto extraction = pool.extractor()(mail, mime::parse(mail).root);
    CHECK(extraction.status == ExtractStatus::unsupported);
    CHECK(extraction.maker != 0);
}
