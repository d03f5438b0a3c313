#include "store/verify_catalog.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "store/replay.hpp"

namespace mailhold::store {
namespace {

constexpr std::size_t records_at_once = 4096;
constexpr const char* where = "catalog.sqlite";
constexpr const char* next_step = ": `mailhold rebuild` makes it anew from the ledger";

}  // namespace

CatalogComparison::CatalogComparison(const std::filesystem::path& data,
                                     std::vector<Problem>& problems) {
    const auto catalog = catalog::CatalogReader::open(catalog_path(data));
    if (!catalog) {
        problems.push_back({where, catalog.error().text + next_step});
        return;
    }
    const auto live = (*catalog)->fingerprint_at();
    if (!live) {
        problems.push_back({where, live.error().text + next_step});
        return;
    }
    position_ = live->first;
    live_ = live->second;
    state_ = open_scratch(data / "spool");
}

CatalogComparison::~CatalogComparison() {
    scratch_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Status CatalogComparison::open_scratch(const std::filesystem::path& spool) {
    // Where the archive may only be read, the system's temporary folder has to hold it.
    for (const auto& parent : {spool, std::filesystem::temp_directory_path()}) {
        auto name = (parent / "mailhold-verify-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) continue;
        folder_ = name;
        auto catalog = catalog::CatalogWriter::open(catalog_path(folder_));
        if (!catalog) return std::unexpected(catalog.error());
        scratch_ = std::move(*catalog);
        return {};
    }
    return fail(Errc::io, "no temporary folder could be made for a second catalog");
}

void CatalogComparison::add(catalog::Committed record, const ArchiveId& archive,
                            const ledger::Frontier& tree) {
    if (!scratch_ || !state_ || record.sequence >= position_->next) return;
    records_.push_back(std::move(record));
    const Sequence next{tree.size()};
    if (records_.size() < records_at_once && next < position_->next) return;
    const auto applied = scratch_->apply(std::exchange(records_, {}), {archive, next, tree.root()});
    if (!applied) state_ = std::unexpected(applied.error());
}

void CatalogComparison::finish(std::vector<Problem>& problems) {
    if (!live_) return;
    if (!state_)
        return problems.push_back({where, "it could not be compared: " + state_.error().text});
    const auto read = number(scratch_->next()) + records_.size();
    if (read < number(position_->next)) {
        return problems.push_back(
            {where, fmt::format("it holds {} records, and only {} of the ledger can be read",
                                number(position_->next), read)});
    }
    const auto expected = scratch_->fingerprint();
    if (!expected)
        return problems.push_back({where, "it could not be compared: " + expected.error().text});
    if (*expected != *live_)
        problems.push_back({where, std::string("it is not what the ledger says") + next_step});
}

}  // namespace mailhold::store
