// mailhold rebuild: catalog and index anew from the ledger alone.
#include <fmt/format.h>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/cli/progress.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {

Result<int> rebuild(const RebuildOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    Progress progress;
    auto catalog = store::rebuild_catalog(*data, [&](store::Progress p) {
        progress.update({"making the catalog", p.done, p.total, 0, "records"});
    });
    if (!catalog) return std::unexpected(catalog.error());
    auto archive = store::Archive::open(*data);
    if (!archive) return std::unexpected(archive.error());
    if (auto discarded = indexer::pipeline::discard_index(**archive); !discarded)
        return std::unexpected(discarded.error());
    auto pipeline = indexer::pipeline::Pipeline::start(**archive);
    if (!pipeline) return std::unexpected(pipeline.error());
    auto indexed = (*pipeline)->catch_up(
        [&](store::Progress p) { progress.update({"indexing", p.done, p.total, 0, "messages"}); });
    if (!indexed) return std::unexpected(indexed.error());
    progress.finish();
    auto totals = (*archive)->totals();
    if (!totals) return std::unexpected(totals.error());
    fmt::print("rebuilt: {} messages from {} records\n", grouped(totals->messages),
               grouped(number(totals->applied)));
    return success;
}

}  // namespace mailhold::cli
