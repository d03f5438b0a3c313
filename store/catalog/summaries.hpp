// Summaries as the catalog keeps them: each compressed alone, by a text of what most of them hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/base/compression.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

// For one thread at a time.
class SummaryPacker {
  public:
    SummaryPacker();
    std::string pack(const Summary& summary);

  private:
    Compressor compressor_;
};

// nullopt for a damaged one: the message itself tells the same. Any thread.
std::optional<Summary> unpack_summary(std::string_view packed);

}  // namespace mailhold::store::catalog
