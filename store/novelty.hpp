// Which records of a commit are news: decided against the catalog, and against what the same commit
// already keeps, before any of it is written. When in doubt a fact is kept: a repeated record is
// harmless, a missing one is not.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "store/base/digest.hpp"
#include "store/base/error.hpp"
#include "store/catalog/catalog.hpp"
#include "store/facts.hpp"

namespace mailhold::store {

// For one commit. Facts that were kept must stay where they are until its end.
class Novelty {
  public:
    explicit Novelty(catalog::CatalogWriter& catalog) : catalog_(catalog) {}

    // Whether the octets with this digest are to be stored; later calls know that they are.
    Result<bool> keep(const Digest& digest);
    // Errc::invalid for a sighting of octets that neither the archive nor this commit has.
    Result<bool> keep(const Fact& fact);

  private:
    Status check_stored(const Digest& digest);
    catalog::CatalogWriter& catalog_;
    std::unordered_set<Digest> digests_;
    std::unordered_map<std::string, const Fact*>
        items_;  // last fact kept about an item: a UID, a listing
    std::unordered_map<std::string, const Fact*>
        mailboxes_;  // last fact kept about anything in a mailbox
    std::unordered_set<std::string>
        swept_;  // mailboxes where a kept fact changed many UIDs at once
};

}  // namespace mailhold::store
