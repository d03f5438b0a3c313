// Searches over HTTP: parameters, pages, what goes wrong. The archive is a small one, in memory where
// there is some.
#include "api/http/search.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "api/http/page_search.hpp"
#include "tests/unit/http/answers.hpp"

namespace mailhold::http {
namespace {

class SmallArchive {
  public:
    SmallArchive()
        : folder_(std::filesystem::temp_directory_path() /
                  fmt::format("mailhold-http-{}", ::getpid())) {
        std::filesystem::remove_all(folder_);
        archive_ = std::move(*store::Archive::open(folder_));
        const store::Generation inbox{"alice", "INBOX", UidValidity{7}};
        REQUIRE(archive_->ingest(
            {}, {store::AccountDeclared{"alice", "imaps://a@example.org"},
                 store::MailboxListed{"alice", "INBOX", "/", {}}, store::GenerationOpened{inbox}}));
        for (std::uint32_t uid = 1; uid <= 5; ++uid) {
            store::Arrival arrival;
            arrival.sighting.generation = inbox;
            arrival.sighting.uid = Uid{uid};
            arrival.sighting.internal_date.utc = UtcSeconds{std::chrono::days(18'000 + uid)};
            arrival.octets = Blob(fmt::format(
                "From: carol@example.org\r\nSubject: number {}\r\n\r\nThe invoice, {} of it.\r\n",
                uid, uid % 2 == 0 ? "half" : "all"));
            std::vector<store::Arrival> arrivals;
            arrivals.push_back(std::move(arrival));
            REQUIRE(archive_->ingest(std::move(arrivals)));
        }
        searcher_ = std::make_unique<indexer::pipeline::Searcher>(*archive_);
        service_.search = [this](SearchRequest request, std::stop_token stop,
                                 Service::Found found) {
            start(pool_, PageSearch(*archive_, *searcher_, std::move(request), {}, std::move(stop)),
                  std::move(found));
        };
    }
    ~SmallArchive() {
        searcher_.reset();
        archive_.reset();
        std::filesystem::remove_all(folder_);
    }
    Response get(std::string query) const {
        Request request{"GET", "/api/v1/search", true, "localhost"};
        request.query = std::move(query);
        return answer_of(request, service_);
    }
    Result<SearchPage> page(const SearchRequest& request) const {
        return search(*archive_, *searcher_, request);
    }
    PageSearch steps(SearchRequest request, std::stop_token stop) const {
        return {*archive_, *searcher_, std::move(request), {}, std::move(stop)};
    }

  private:
    std::filesystem::path folder_;
    std::unique_ptr<store::Archive> archive_;
    std::unique_ptr<indexer::pipeline::Searcher> searcher_;
    Service service_;
    indexer::pipeline::SearchPool pool_{{}};
};

}  // namespace

TEST_CASE("a search answers with JSON, newest first, its hits marked") {
    const SmallArchive archive;
    const auto response = archive.get("q=INVOICE+half%20-subject%3A4");
    CHECK(response.status == 200);
    CHECK(response.type == "application/json");
    CHECK(response.body.starts_with(R"({"found":1,"shown":1,"messages":[{"id":")"));
    CHECK(response.body.contains(R"("number":2,"date":"2019-04-16T00:00:00.000000Z","size":)"));
    CHECK(response.body.contains(
        R"("from":"carol@example.org","subject":"number 2","snippet":[{"text":"The "},)"
        R"({"text":"invoice","hit":true},{"text":", "},{"text":"half","hit":true},)"
        R"({"text":" of it."}]}]})"));
}

TEST_CASE("pages follow each other, each message on one of them") {
    const SmallArchive archive;
    SearchRequest request{.query = "invoice", .limit = 2, .cursor = {}};
    std::vector<std::uint32_t> numbers;
    for (int pages = 1;; ++pages) {
        const auto page = archive.page(request);
        REQUIRE(page);
        CHECK(page->found == 5);
        for (const auto& message : page->messages) numbers.push_back(number(message.number));
        request.cursor = page->next;
        if (page->next.empty()) {
            CHECK(pages == 3);
            break;
        }
    }
    CHECK(numbers == std::vector<std::uint32_t>{5, 4, 3, 2, 1});
    CHECK(archive.get("q=in:alice/INBOX&limit=5").body.starts_with(R"({"found":5,"shown":5,"m)"));
}

TEST_CASE("a search in the shortest turns says the same, and ends when it is asked to") {
    const SmallArchive archive;
    const std::atomic<std::size_t> waiting{1};
    const indexer::pipeline::Slice shortest{{}, &waiting};
    const SearchRequest request{.query = "invoice", .limit = 4, .cursor = {}};
    auto steps = archive.steps(request, {});
    std::size_t turns = 1;
    while (steps.step(shortest) != indexer::pipeline::Step::done) ++turns;
    CHECK(turns > 4);
    CHECK(to_json(*steps.take()) == to_json(*archive.page(request)));

    std::stop_source stop;
    auto stopped = archive.steps(request, stop.get_token());
    CHECK(stopped.step(shortest) == indexer::pipeline::Step::again);
    stop.request_stop();
    CHECK(stopped.step(shortest) == indexer::pipeline::Step::done);
    CHECK(stopped.take().error().code == Errc::cancelled);
}

TEST_CASE("where too many searches wait, another is refused") {
    const SmallArchive archive;
    indexer::pipeline::SearchPool pool({.threads = 1, .per_user = 1, .waiting = 1});
    std::promise<void> over;
    const auto block = [gate = over.get_future().share()](const indexer::pipeline::Slice&) {
        gate.wait();
        return indexer::pipeline::Step::done;
    };
    REQUIRE(pool.start("", block));
    Errc refused{};
    start(pool, archive.steps({}, {}),
          [&](const Result<SearchPage>& page) { refused = page.error().code; });
    over.set_value();
    CHECK(refused == Errc::limit);
}

TEST_CASE("what is wrong with a request is said") {
    const SmallArchive archive;
    struct Row {
        std::string query;
        unsigned status;
        std::string body;
    };
    const Row table[] = {
        {"q=(invoice", 400, "query, character 1: this \"(\" is never closed\n"},
        {"limit=0", 400, "limit: a number from 1 to 1000\n"},
        {"limit=1001", 400, "limit: a number from 1 to 1000\n"},
        {"limit=x", 400, "limit: a number from 1 to 1000\n"},
        {"cursor=1.x", 400, "cursor: not one of ours\n"},
        {"query=x", 400, "there are the parameters q, limit and cursor\n"},
        {"q=in:nowhere", 404, "there is no mailbox \"nowhere\"\n"},
    };
    for (const auto& row : table) {
        INFO(row.query);
        const auto response = archive.get(row.query);
        CHECK(response.status == row.status);
        CHECK(response.body == row.body);
    }
    CHECK(archive.get("").status == 200);
    CHECK(archive.get("q=100%&limit=1").status == 200);
}

}  // namespace mailhold::http
