// Indexed texts of the messages that a search decides next, read in shares: most of what a search of
// common words does is decompressing.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/helpers.hpp"

namespace mailhold::indexer::pipeline {

// One thread at a time.
class ReadAhead {
  public:
    static constexpr std::size_t most_messages = 64;       // at once: a millisecond or two
    static constexpr std::uint64_t most_octets = 1 << 20;  // of them
    static constexpr std::size_t fewest_messages = 8;      // fewer are read as they come

    explicit ReadAhead(Helpers& helpers) : helpers_(helpers) {}

    // Forgets what was read before; reads nothing where it is not worth it. Blocking.
    void read(engine::IndexReader& reader, std::vector<MessageNumber> messages,
              text::HeadParts parts);
    // The text of the next message that was read; nullopt where that is another one, or could not be
    // read: whoever reads it will see why.
    std::optional<text::SearchText> take(MessageNumber message);
    bool is_empty() const { return taken_ == messages_.size(); }
    void forget();

  private:
    Helpers& helpers_;
    std::vector<MessageNumber> messages_;
    std::vector<std::optional<text::SearchText>> texts_;
    std::size_t taken_ = 0;
};

}  // namespace mailhold::indexer::pipeline
