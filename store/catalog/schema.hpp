// The tables of the catalog, and the digest over what the ledger determines.
#pragma once

#include "store/base/digest.hpp"
#include "store/catalog/connection.hpp"

namespace mailhold::store::catalog {

// Creates the tables in an empty file, in one transaction.
void create_tables(Connection& connection);

// Throws Failure unless the tables are today's: Errc::not_found while there are none yet,
// Errc::corrupt for a file that is no catalog or one of another schema.
void require_tables(Connection& connection);

// SHA-256 over all rows that the ledger determines, in the order of their keys; the physical layout
// plays no part.
Digest fingerprint(Connection& connection);

}  // namespace mailhold::store::catalog
