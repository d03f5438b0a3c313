// A search in the human language that goes on in turns, as the threads of searches give them: the
// mailboxes one after the other, then the page, message by message.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "api/http/search.hpp"
#include "indexer/pipeline/search_pool.hpp"

namespace mailhold::http {

// What http::find() says, in steps. One thread at a time; what it is given outlives it.
class Finding {
  public:
    Finding(const store::ArchiveReader& archive, const indexer::pipeline::Searcher& searcher,
            indexer::query::HumanQuery query, indexer::pipeline::Budget budget,
            std::stop_token stop = {});
    ~Finding();
    indexer::pipeline::Step step(const indexer::pipeline::Slice& slice);  // blocking
    Result<std::vector<Hit>> take();  // after Step::done; Errc::cancelled where it was stopped

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// What http::search() says, likewise.
class PageSearch {
  public:
    PageSearch(const store::ArchiveReader& archive, const indexer::pipeline::Searcher& searcher,
               SearchRequest request, indexer::pipeline::Budget budget, std::stop_token stop = {});
    ~PageSearch();
    PageSearch(PageSearch&&) noexcept;
    indexer::pipeline::Step step(const indexer::pipeline::Slice& slice);
    Result<SearchPage> take();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Runs it in turns, those of HTTP clients together being one user's. `done` is called once, on any
// thread: at once with Errc::limit where too many wait already. Never blocks.
void start(indexer::pipeline::SearchPool& pool, PageSearch search,
           std::function<void(Result<SearchPage>)> done);

}  // namespace mailhold::http
