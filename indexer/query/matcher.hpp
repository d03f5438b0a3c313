// The one exact matcher. A pure function from a query and a message to yes or no; what the index
// only suspects, this decides.
#pragma once

#include <functional>

#include "indexer/query/query.hpp"
#include "indexer/text/search_text.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::indexer::query {

// What a message is decided on. `text` is called at most once, and only when a text, sent-date or
// attachment key must be decided that cheaper keys have not settled.
struct Subject {
    const store::Entry* entry = nullptr;
    const store::FlagSet* flags = nullptr;
    std::uint32_t sequence = 0;       // 1-based place in the mailbox
    std::uint32_t last_sequence = 0;  // what "*" means for sequence numbers
    Uid last_uid{};                   // and for UIDs
    std::function<const text::SearchText&()> text;
};

// A query made ready once for many messages: needles folded, cheap keys first. Immutable; any
// thread.
class Matcher {
  public:
    explicit Matcher(QueryPtr query);
    ~Matcher();
    bool matches(const Subject& subject) const;

    struct Compiled;

  private:
    std::unique_ptr<const Compiled> compiled_;
};

// A text key alone, with its needle already folded.
bool text_matches(const TextKey& key, std::string_view folded_needle, const text::SearchText& text);

}  // namespace mailhold::indexer::query
