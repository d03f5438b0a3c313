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

namespace mailhold::store {

class CatalogComparison {
  public:
    // Notes the live catalog's state; where it cannot be read that is a problem, and nothing will
    // be compared.
    CatalogComparison(const std::filesystem::path& data, std::vector<Problem>& problems);
    ~CatalogComparison();
    CatalogComparison(const CatalogComparison&) = delete;
    CatalogComparison& operator=(const CatalogComparison&) = delete;

    // The records that the live catalog had; nothing where it cannot be read.
    std::optional<std::uint64_t> applied() const { return applied_; }
    void add(catalog::Committed record);  // consecutive from 0; more than applied() are passed over
    void finish(std::vector<Problem>& problems);

  private:
    Status apply();
    Status open_scratch(const std::filesystem::path& spool);

    std::optional<std::uint64_t> applied_;
    std::optional<Digest> live_;
    std::filesystem::path folder_;
    std::unique_ptr<catalog::CatalogWriter> scratch_;
    std::vector<catalog::Committed> records_;
    Status state_;
};

}  // namespace mailhold::store
