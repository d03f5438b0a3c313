// The tables of the catalog, the migrations that lead to them, and the digest over what the ledger
// determines.
#pragma once

#include "store/base/digest.hpp"
#include "store/catalog/connection.hpp"

namespace mailhold::store::catalog {

// Creates or migrates the tables, one transaction a migration. Throws Failure with Errc::corrupt
// for a file that is no catalog or a newer one's.
void migrate(Connection& connection);

// For readers: throws Failure unless the tables are today's. Errc::not_found while there are none
// yet.
void require_current(Connection& connection);

// SHA-256 over all rows that the ledger determines, in the order of their keys; the physical layout
// plays no part.
Digest fingerprint(Connection& connection);

}  // namespace mailhold::store::catalog
