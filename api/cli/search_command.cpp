// mailhold search: what a query finds, newest first.
#include <fmt/format.h>

#include <boost/json.hpp>

#include <cstdio>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/headers.hpp"
#include "api/cli/place.hpp"
#include "api/cli/selection.hpp"
#include "api/cli/wiring.hpp"
#include "indexer/mime/parse.hpp"

namespace mailhold::cli {
namespace {

namespace json = boost::json;

struct Found {
    MessageNumber number{};
    Digest digest;
    std::uint64_t size = 0;
    ZonedSeconds date;
    std::string from, subject;
};

Result<Found> describe(const store::ArchiveReader& archive, const Hit& hit) {
    auto stored = archive.message(hit.message);
    if (!stored) return std::unexpected(stored.error());
    auto octets = archive.octets(*stored);
    if (!octets) return std::unexpected(octets.error());
    auto message = indexer::mime::parse(octets->view());
    return Found{stored->number,
                 stored->digest,
                 stored->size,
                 hit.date,
                 header_value(message, "From"),
                 header_value(message, "Subject")};
}

void print_text(const std::vector<Found>& found, std::size_t all) {
    for (const auto& message : found)
        fmt::print("{:>8}  {}  {}  {:<24}  {}\n", number(message.number), short_id(message.digest),
                   date_text(message.date), shortened(printable(message.from, Lines::join), 24),
                   printable(message.subject, Lines::join));
    if (found.size() < all)
        fmt::print("{} of {} shown; --limit shows more\n", found.size(), all);
    else
        fmt::print("{} found\n", all);
}

void print_json(const std::vector<Found>& found, std::size_t all) {
    json::array messages;
    for (const auto& message : found)
        messages.push_back({{"id", to_hex(message.digest)},
                            {"number", number(message.number)},
                            {"date", to_rfc3339(message.date.utc)},
                            {"size", message.size},
                            {"from", printable(message.from, Lines::join)},
                            {"subject", printable(message.subject, Lines::join)}});
    fmt::print("{}\n",
               json::serialize(json::object{
                   {"found", all}, {"shown", found.size()}, {"messages", std::move(messages)}}));
}

}  // namespace

Result<int> search(const SearchOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    auto archive = store::ArchiveReader::open(*data);
    if (!archive) return std::unexpected(archive.error());
    indexer::extract::Pool attachments(to_pool_options(options.place));
    auto hits = select(**archive, options.query, attachments.extractor());
    if (!hits) return std::unexpected(hits.error());
    std::vector<Found> found;
    for (const auto& hit : *hits) {
        if (found.size() == options.limit) break;
        auto message = describe(**archive, hit);
        if (!message) return std::unexpected(message.error());
        found.push_back(std::move(*message));
    }
    options.output == Output::json ? print_json(found, hits->size())
                                   : print_text(found, hits->size());
    return hits->empty() ? difference : success;
}

}  // namespace mailhold::cli
