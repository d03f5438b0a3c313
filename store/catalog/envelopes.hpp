// The table of envelopes: with which sender and recipients a message was handed in, and by whom.
#pragma once

#include <vector>

#include "store/catalog/connection.hpp"
#include "store/facts.hpp"

namespace mailhold::store::catalog {

void insert_envelope(Connection& connection, Sequence record, MessageNumber message,
                     const Journaled& fact);
std::vector<Journaled> envelopes(Connection& connection, MessageNumber message);

}  // namespace mailhold::store::catalog
