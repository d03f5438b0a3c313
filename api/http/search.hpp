// Searches in the human language over the whole archive: what `mailhold search` prints and GET
// /api/v1/search answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/pipeline/searcher.hpp"
#include "indexer/query/human.hpp"
#include "indexer/query/snippet.hpp"
#include "store/archive.hpp"

namespace mailhold::http {

struct Hit {
    MessageNumber message{};
    ZonedSeconds date;  // INTERNALDATE
    bool operator==(const Hit&) const = default;
};

// An empty text finds everything. Errc::invalid says where in it, and what was expected there.
Result<indexer::query::HumanQuery> read_query(std::string_view text);

// Over every account's whole mail, or the mailboxes that in:NAME names ("account/name", "All
// mail/account" or just "name"; any case). Each message once, newest first. Blocking.
// Errc::not_found for a mailbox that is not there, Errc::timeout past the budget of one mailbox.
Result<std::vector<Hit>> find(const store::ArchiveReader& archive,
                              const indexer::pipeline::Searcher& searcher,
                              const indexer::query::HumanQuery& query,
                              const indexer::pipeline::Budget& budget = {});

// How mail programs name it: "All mail/alice", "alice/Work/2024".
std::string full_name(const store::Mailbox& mailbox);

// What a hit looks like to a person, with the needles marked.
struct FoundMessage {
    MessageNumber number{};
    Digest digest;
    std::uint64_t size = 0;
    ZonedSeconds date;
    std::string from, subject;  // decoded
    std::vector<indexer::query::Piece> snippet;
};
// One page of a long result.
struct SearchRequest {
    static constexpr std::size_t most = 1'000;  // messages on a page

    std::string query;
    std::size_t limit = 50;
    std::string cursor;  // SearchPage::next of the page before; empty for the first
};
struct SearchPage {
    std::size_t found = 0;  // in all, exactly
    std::vector<FoundMessage> messages;
    std::string next;  // empty on the last page
};
// The parameters q, limit and cursor of a URL's query, percent-decoded. Errc::invalid says what is
// wrong with them.
Result<SearchRequest> read_request(std::string_view url_query);
// Errc::invalid also for a cursor that is none.
Result<SearchPage> search(const store::ArchiveReader& archive,
                          const indexer::pipeline::Searcher& searcher, const SearchRequest& request,
                          const indexer::pipeline::Budget& budget = {});

// {"found": 3, "shown": 1, "next": "...", "messages": [{...}]}
std::string to_json(const SearchPage& page);

}  // namespace mailhold::http
