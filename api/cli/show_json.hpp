// What `mailhold show --json` prints: a message, where it stood, and what became of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "store/catalog/types.hpp"

namespace mailhold::cli {

std::string to_json(const store::StoredMessage& message,
                    const std::vector<store::Location>& locations,
                    const std::vector<store::Event>& events);

}  // namespace mailhold::cli
