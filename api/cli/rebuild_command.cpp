// mailhold rebuild: catalog and index anew from the ledger alone.
#include <fmt/format.h>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/cli/progress.hpp"
#include "api/cli/wiring.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {
namespace {

constexpr std::size_t page = 1000;

// Prints the messages whose octets cannot be had, and counts them: they are those without summary.
Result<std::size_t> print_unreadable(const store::ArchiveReader& archive) {
    std::size_t count = 0;
    for (MessageNumber next{1};;) {
        const auto messages = archive.messages(next, page);
        if (!messages) return std::unexpected(messages.error());
        if (messages->empty()) return count;
        std::vector<MessageNumber> numbers;
        for (const auto& message : *messages) numbers.push_back(message.number);
        const auto summaries = archive.summaries(numbers);
        if (!summaries) return std::unexpected(summaries.error());
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if ((*summaries)[i]) continue;
            const auto octets = archive.octets((*messages)[i]);
            if (octets) continue;
            ++count;
            fmt::print("message {} cannot be read: {}\n", number(numbers[i]), octets.error().text);
        }
        next = MessageNumber{number(numbers.back()) + 1};
    }
}

}  // namespace

Result<int> rebuild(const RebuildOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    Progress progress;
    auto catalog = store::rebuild_catalog(*data, [&](store::Progress p) {
        progress.update({"making the catalog", p.done, p.total, 0, "records"});
    });
    if (!catalog) return std::unexpected(catalog.error());
    auto archive = store::Archive::open(*data, {.purpose = store::Purpose::caches});
    if (!archive) return std::unexpected(archive.error());
    if (auto discarded = indexer::pipeline::discard_index(**archive); !discarded)
        return std::unexpected(discarded.error());
    indexer::extract::Pool attachments(to_pool_options(options.place));
    auto pipeline = indexer::pipeline::Pipeline::start(
        **archive, {.parse_threads = work_threads(), .extractor = attachments.extractor()});
    if (!pipeline) return std::unexpected(pipeline.error());
    auto indexed = (*pipeline)->catch_up(
        [&](store::Progress p) { progress.update({"indexing", p.done, p.total, 0, "messages"}); });
    if (!indexed) return std::unexpected(indexed.error());
    progress.finish();
    auto totals = (*archive)->totals();
    if (!totals) return std::unexpected(totals.error());
    fmt::print("rebuilt: {} messages from {} records\n", grouped(totals->messages),
               grouped(number(totals->applied)));
    const auto unreadable = print_unreadable(**archive);
    if (!unreadable) return std::unexpected(unreadable.error());
    if (*unreadable == 0) return success;
    fmt::print(
        "{} messages cannot be read, and nothing can be found in them: `mailhold verify` "
        "tells what is damaged; restore that from a backup\n",
        grouped(*unreadable));
    return difference;
}

}  // namespace mailhold::cli
