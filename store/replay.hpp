// From ledger records to the catalog's: the one translation between the two, and catching up with
// it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "store/archive.hpp"
#include "store/base/error.hpp"
#include "store/catalog/catalog.hpp"
#include "store/ledger/ledger_reader.hpp"

namespace mailhold::store {

catalog::Committed to_committed(Sequence sequence, UtcMicros time, ledger::Place place,
                                ledger::Content content);

// Applies the records from catalog.next() up to `end`.
Status replay(const std::filesystem::path& ledger_folder, catalog::CatalogWriter& catalog,
              Sequence end, const std::function<void(Progress)>& on_progress = {});

// The catalog in `data`, open and caught up with the ledger up to `end`. One that cannot be read,
// or that was not made from the first records of this ledger, is made anew.
Result<std::unique_ptr<catalog::CatalogWriter>> open_catalog(const std::filesystem::path& data,
                                                             const LedgerPosition& end);

// Makes the catalog from the ledger alone, beside the one in use, which it replaces at the end:
// whatever happens before leaves that as it was.
Result<std::unique_ptr<catalog::CatalogWriter>> make_catalog(
    const std::filesystem::path& data, Sequence end,
    const std::function<void(Progress)>& on_progress = {});

// What of an archive is missing in `data`, its catalog or ledger or all, and what to do.
std::unexpected<Error> nothing_in(const std::filesystem::path& data);

std::filesystem::path catalog_path(const std::filesystem::path& data);
std::filesystem::path ledger_folder(const std::filesystem::path& data);
std::filesystem::path keys_folder(const std::filesystem::path& data);

}  // namespace mailhold::store
