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
    auto state = catalog ? (*catalog)->check() : std::unexpected(catalog.error());
    if (state) {
        auto live = (*catalog)->fingerprint_at();
        if (live) live_ = *live;
        if (!live) state = std::unexpected(live.error());
    }
    if (!state) problems.push_back({where, state.error().text + next_step});
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
    if (!scratch_ || !state_ || (live_ && record.sequence >= live_->first.next)) return;
    records_.push_back(std::move(record));
    const Sequence next{tree.size()};
    const bool last = live_ && next == live_->first.next;
    if (last || records_.size() >= records_at_once) apply({archive, next, tree.root()});
}

void CatalogComparison::apply(const LedgerPosition& after) {
    const auto applied = scratch_->apply(std::exchange(records_, {}), after);
    if (!applied) state_ = std::unexpected(applied.error());
    if (!applied) return;
    dangling_.insert(dangling_.end(), applied->dangling.begin(), applied->dangling.end());
}

void CatalogComparison::finish(std::vector<Problem>& problems) {
    if (state_ && !records_.empty())
        apply({.next = Sequence{number(records_.back().sequence) + 1}});
    for (const auto record : dangling_) {
        problems.push_back({fmt::format("record {}", number(record)),
                            "it names a message that no record before it holds"});
    }
    if (!live_) return;
    const auto cannot = [&](const Error& error) {
        problems.push_back({where, "it could not be compared: " + error.text});
    };
    if (!state_) return cannot(state_.error());
    const auto holds = live_->first.next;
    if (scratch_->next() < holds) {
        return problems.push_back(
            {where, fmt::format("it holds {} records, and only {} of the ledger can be read",
                                number(holds), number(scratch_->next()))});
    }
    const auto expected = scratch_->fingerprint();
    if (!expected) return cannot(expected.error());
    if (*expected != live_->second)
        problems.push_back({where, std::string("it is not what the ledger says") + next_step});
}

}  // namespace mailhold::store
