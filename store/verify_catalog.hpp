// The catalog's part of a verification: the records as they are read go into a catalog of their
// own, which must come out as the live one was when the verification began.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/archive.hpp"
#include "store/catalog/catalog.hpp"
#include "store/ledger/merkle.hpp"

namespace mailhold::store {

class CatalogComparison {
  public:
    // Notes the live catalog's state; where it cannot be read that is a problem, and all records
    // are looked at for their own sake.
    CatalogComparison(const std::filesystem::path& data, std::vector<Problem>& problems);
    ~CatalogComparison();
    CatalogComparison(const CatalogComparison&) = delete;
    CatalogComparison& operator=(const CatalogComparison&) = delete;

    // Up to where the live catalog was; nothing where it cannot be read.
    std::optional<LedgerPosition> position() const {
        return live_ ? std::optional(live_->first) : std::nullopt;
    }
    // Consecutive from 0, each with the tree up to and with it; what lies after position() is
    // passed over.
    void add(catalog::Committed record, const ArchiveId& archive, const ledger::Frontier& tree);
    void finish(std::vector<Problem>& problems);

  private:
    void apply(const LedgerPosition& after);
    Status open_scratch(const std::filesystem::path& spool);

    std::optional<std::pair<LedgerPosition, Digest>> live_;  // and its fingerprint there
    std::filesystem::path folder_;
    std::unique_ptr<catalog::CatalogWriter> scratch_;
    std::vector<catalog::Committed> records_;
    std::vector<Sequence> dangling_;
    Status state_;
};

}  // namespace mailhold::store
