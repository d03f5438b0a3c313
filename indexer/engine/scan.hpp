// Looking for octets in flat memory, several times as fast as memmem where the octets are rare, as
// parts of tokens in a lexicon are.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace mailhold::indexer::engine {

class OctetFinder {
  public:
    explicit OctetFinder(std::string part);  // not empty
    // The first place in `flat` at or after `from`; npos: none.
    std::size_t find(std::string_view flat, std::size_t from) const;

  private:
    std::string part_;
    std::array<std::size_t, 3> rarest_;  // places in part_
};

}  // namespace mailhold::indexer::engine
