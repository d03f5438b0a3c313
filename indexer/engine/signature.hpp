// A signature: a small Bloom filter over the trigrams of texts. It answers "certainly not in there"
// or "perhaps", for text whose words are too many and too rare for the lexicon: header fields above
// all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailhold::indexer::engine {

inline constexpr std::size_t signature_limit =
    8192;  // octets; a fuller one answers "perhaps" more often

class SignatureBuilder {
  public:
    void add_text(std::string_view text);
    void add_name(std::string_view name);  // a header field's name, lower case, as a whole
    // About three bits an entry; empty for no text at all. The builder is empty afterwards.
    std::string finish();

  private:
    std::vector<std::uint32_t> hashes_;
};

// What a needle needs in a signature. Needles of fewer than three octets need nothing.
class SignatureProbe {
  public:
    void need_text(std::string_view needle);
    void need_name(std::string_view name);
    bool needs_nothing() const { return hashes_.empty(); }
    bool may_be_in(std::string_view signature) const;

  private:
    std::vector<std::uint32_t> hashes_;
};

}  // namespace mailhold::indexer::engine
